import { z } from 'zod'
import { settleCards } from '../src/recovery/settle-cards.js'
import { defineJob } from './define-job.js'
import { enrichCasesJob } from './enrich-cases.js'

/** Safe to run twice: looks and payments are claimed, and Stripe knows each payment by its key. */
export const settleCardsJob = defineJob({
  name: 'settle-cards',
  queue: 'events',
  payload: z.object({ workspaceId: z.uuid() }),
  options: { attempts: 3, backoff: { type: 'exponential', delay: 2_000 } },
  coalesce: ({ workspaceId }) => workspaceId,
  async run(context, payload, ring) {
    const due = await settleCards(context, payload)
    if (due.enrich) await ring(enrichCasesJob, payload)
  },
})
