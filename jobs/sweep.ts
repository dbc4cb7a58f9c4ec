import { z } from 'zod'
import { retireExpired } from '../src/accounts/retire-expired.js'
import { hasToTellOwners } from '../src/accounts/tell-owners.js'
import { findDueDiagnostics } from '../src/diagnostics/find-due-diagnostics.js'
import { findWantedPastCases } from '../src/diagnostics/past-cases.js'
import { findPending } from '../src/recovery/find-pending.js'
import { hasDigestsDue } from '../src/recovery/fix-digests.js'
import { defineJob } from './define-job.js'
import { checkTouchesJob, deliverTouchesJob } from './deliver-touches.js'
import { enrichCasesJob } from './enrich-cases.js'
import { openPastCasesJob } from './open-past-cases.js'
import { ringForLeftEvents } from './ring-for-events.js'
import { runDiagnosticJob } from './run-diagnostic.js'
import { sendDigestsJob } from './send-digests.js'
import { settleCardsJob } from './settle-cards.js'
import { tellOwnersJob } from './tell-owners.js'

/**
 * Rings again for whatever is due in Postgres and was not done: lost rings, killed workers, a flushed Redis. Then
 * retires what is expired.
 */
export const sweepJob = defineJob({
  name: 'sweep',
  queue: 'upkeep',
  payload: z.object({}),
  options: { attempts: 1 },
  coalesce: () => 'all',
  async run(context, _, ring) {
    const pending = await findPending(context)
    await ringForLeftEvents(ring, pending.events)
    await ring(deliverTouchesJob, ...pending.deliver.map((workspaceId) => ({ workspaceId })))
    await ring(checkTouchesJob, ...pending.check.map((workspaceId) => ({ workspaceId })))
    await ring(enrichCasesJob, ...pending.enrich.map((workspaceId) => ({ workspaceId })))
    await ring(settleCardsJob, ...pending.cards.map((workspaceId) => ({ workspaceId })))
    if (await hasToTellOwners(context)) await ring(tellOwnersJob, {})
    if (await hasDigestsDue(context)) await ring(sendDigestsJob, {})
    const diagnostics = await findDueDiagnostics(context)
    await ring(runDiagnosticJob, ...diagnostics.map((workspaceId) => ({ workspaceId })))
    const past = await findWantedPastCases(context)
    await ring(openPastCasesJob, ...past.map((workspaceId) => ({ workspaceId })))
    await retireExpired(context)
  },
})
