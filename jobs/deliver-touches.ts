import { z } from 'zod'
import { checkBeforeSending } from '../src/recovery/check-before-sending.js'
import { deliverTouches } from '../src/recovery/deliver-touches.js'
import { defineJob, type JobDefinition } from './define-job.js'

interface Workspace {
  readonly workspaceId: string
}

/** Sends what is due, and rings for itself at the time of what comes next: the row is the truth, the bell only helps. */
export const deliverTouchesJob: JobDefinition<Workspace> = defineJob({
  name: 'deliver-touches',
  queue: 'mail',
  payload: z.object({ workspaceId: z.uuid() }),
  options: { attempts: 5, backoff: { type: 'exponential', delay: 2_000 } },
  coalesce: ({ workspaceId }) => workspaceId,
  async run(context, payload, ring) {
    const { nextAt, checks } = await deliverTouches(context, payload)
    if (checks) await ring(checkTouchesJob, payload)
    if (nextAt) await ring.at(nextAt, deliverTouchesJob, payload)
  },
})

/** Asks Stripe before reminders go out: apart from the sending, so that no first touch ever waits for Stripe's answers. */
export const checkTouchesJob = defineJob({
  name: 'check-touches',
  queue: 'checks',
  payload: z.object({ workspaceId: z.uuid() }),
  options: { attempts: 3, backoff: { type: 'exponential', delay: 2_000 } },
  coalesce: ({ workspaceId }) => workspaceId,
  async run(context, payload, ring) {
    const { more } = await checkBeforeSending(context, payload)
    await ring(deliverTouchesJob, payload)
    if (more) await ring(checkTouchesJob, payload)
  },
})
