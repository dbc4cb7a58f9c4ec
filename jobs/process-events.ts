import { z } from 'zod'
import { failEvent, processEvent } from '../src/recovery/process-event.js'
import { defineJob } from './define-job.js'
import { deliverTouchesJob } from './deliver-touches.js'
import { enrichCasesJob } from './enrich-cases.js'
import { settleCardsJob } from './settle-cards.js'

/**
 * Some events of one workspace, one after the other: a job costs as much as an event does. One that fails keeps none of
 * the others waiting; the job is tried again for its sake, and finds the others done.
 */
export const processEventsJob = defineJob({
  name: 'process-events',
  queue: 'events',
  payload: z.object({ workspaceId: z.uuid(), eventIds: z.array(z.uuid()).min(1) }),
  options: { attempts: 10, backoff: { type: 'exponential', delay: 1_000 } },
  async run(context, { workspaceId, eventIds }, ring) {
    const due = { touches: false, enrich: false, cards: false }
    const faults: unknown[] = []
    for (const eventId of eventIds) {
      try {
        const also = await processEvent(context, { workspaceId, eventId })
        due.touches ||= also.touches
        due.enrich ||= also.enrich
        due.cards ||= also.cards
      } catch (error) {
        faults.push(error)
      }
    }
    if (due.touches) await ring(deliverTouchesJob, { workspaceId })
    if (due.enrich) await ring(enrichCasesJob, { workspaceId })
    if (due.cards) await ring(settleCardsJob, { workspaceId })
    if (faults.length > 0) throw faults[0]
  },
  async exhausted(context, { workspaceId, eventIds }, reason) {
    for (const eventId of eventIds) await failEvent(context, { workspaceId, eventId }, reason)
  },
})

/** The same for events that no first mail waits for. */
export const processOtherEventsJob = defineJob({
  ...processEventsJob,
  name: 'process-other-events',
  options: { ...processEventsJob.options, priority: 1 },
})

/** However often the sweep finds the same events, it rings for them once. */
const coalesce = ({ eventIds }: { eventIds: string[] }) => eventIds[0] ?? ''

/** The same for events that their own ring did not reach. */
export const processLeftEventsJob = defineJob({ ...processEventsJob, name: 'process-left-events', coalesce })

export const processLeftOtherEventsJob = defineJob({
  ...processOtherEventsJob,
  name: 'process-left-other-events',
  coalesce,
})
