import { z } from 'zod'
import { failEvent, processEvent } from '../src/recovery/process-event.js'
import { defineJob } from './define-job.js'
import { deliverTouchesJob } from './deliver-touches.js'
import { enrichCasesJob } from './enrich-cases.js'
import { settleCardsJob } from './settle-cards.js'

export const processEventJob = defineJob({
  name: 'process-event',
  queue: 'events',
  payload: z.object({ workspaceId: z.uuid(), eventId: z.uuid() }),
  options: { attempts: 10, backoff: { type: 'exponential', delay: 1_000 } },
  async run(context, payload, ring) {
    const due = await processEvent(context, payload)
    const workspace = { workspaceId: payload.workspaceId }
    if (due.touches) await ring(deliverTouchesJob, workspace)
    if (due.enrich) await ring(enrichCasesJob, workspace)
    if (due.cards) await ring(settleCardsJob, workspace)
  },
  exhausted: (context, payload, reason) => failEvent(context, payload, reason),
})

/** The same for an event that no first mail waits for. */
export const processOtherEventJob = defineJob({
  ...processEventJob,
  name: 'process-other-event',
  options: { ...processEventJob.options, priority: 1 },
})

/** The same for an event that its own ring did not reach: however often the sweep finds it, it is rung for once. */
export const processLeftEventJob = defineJob({
  ...processEventJob,
  name: 'process-left-event',
  coalesce: ({ eventId }) => eventId,
})
