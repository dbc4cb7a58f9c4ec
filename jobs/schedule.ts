import { auditJob } from './audit.js'
import { checkSendersJob } from './check-senders.js'
import { checkAllSystemsJob } from './check-system.js'
import type { JobDefinition } from './define-job.js'
import { findAllGapsJob } from './find-all-gaps.js'
import { prunePayloadsJob } from './prune-payloads.js'
import { sweepJob } from './sweep.js'

/** A job that comes round by itself. */
export interface Schedule {
  readonly job: JobDefinition<Record<string, never>>
  readonly everyMs: number
  /** Rung for by each worker that starts, too: after a downtime nobody waits for the next round. */
  readonly atStart?: true
}

/** Every schedule there is. */
export const SCHEDULES: readonly Schedule[] = [
  { job: sweepJob, everyMs: 15_000 },
  { job: findAllGapsJob, everyMs: 600_000, atStart: true },
  { job: checkSendersJob, everyMs: 600_000 },
  { job: auditJob, everyMs: 3_600_000, atStart: true },
  { job: checkAllSystemsJob, everyMs: 3_600_000, atStart: true },
  { job: prunePayloadsJob, everyMs: 600_000 },
]
