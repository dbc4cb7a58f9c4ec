import { z } from 'zod'
import { findGaps } from '../src/diagnostics/find-gaps.js'
import { defineJob } from './define-job.js'
import { ringForEvents } from './ring-for-events.js'

/** Compares Stripe's event list with a workspace's inbox. What fails is tried again at the next round. */
export const findGapsJob = defineJob({
  name: 'find-gaps',
  queue: 'checks',
  payload: z.object({ workspaceId: z.uuid() }),
  options: { attempts: 1 },
  coalesce: ({ workspaceId }) => workspaceId,
  async run(context, payload, ring) {
    const { found } = await findGaps(context, payload)
    await ringForEvents(ring, found)
  },
})
