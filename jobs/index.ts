import { auditJob } from './audit.js'
import { checkSendersJob } from './check-senders.js'
import { checkAllSystemsJob, checkSystemJob } from './check-system.js'
import type { JobDefinition } from './define-job.js'
import { checkTouchesJob, deliverTouchesJob } from './deliver-touches.js'
import { enrichCasesJob } from './enrich-cases.js'
import { findAllGapsJob } from './find-all-gaps.js'
import { findGapsJob } from './find-gaps.js'
import { openPastCasesJob } from './open-past-cases.js'
import {
  processEventsJob,
  processLeftEventsJob,
  processLeftOtherEventsJob,
  processOtherEventsJob,
} from './process-events.js'
import { prunePayloadsJob } from './prune-payloads.js'
import { runDiagnosticJob } from './run-diagnostic.js'
import { sendDigestsJob } from './send-digests.js'
import { settleCardsJob } from './settle-cards.js'
import { sweepJob } from './sweep.js'
import { tellOwnersJob } from './tell-owners.js'

/** Every job there is. */
export const JOBS: readonly JobDefinition[] = [
  processEventsJob,
  processOtherEventsJob,
  processLeftEventsJob,
  processLeftOtherEventsJob,
  deliverTouchesJob,
  checkTouchesJob,
  enrichCasesJob,
  settleCardsJob,
  sweepJob,
  findAllGapsJob,
  findGapsJob,
  auditJob,
  tellOwnersJob,
  checkSendersJob,
  sendDigestsJob,
  runDiagnosticJob,
  openPastCasesJob,
  checkAllSystemsJob,
  checkSystemJob,
  prunePayloadsJob,
]
