import { z } from 'zod'
import { fixDigests } from '../src/recovery/fix-digests.js'
import { defineJob } from './define-job.js'
import { deliverTouchesJob } from './deliver-touches.js'

/** Fixes the digests that are due, and rings for whoever sends deliveries. */
export const sendDigestsJob = defineJob({
  name: 'send-digests',
  queue: 'mail',
  payload: z.object({}),
  options: { attempts: 1 },
  coalesce: () => 'all',
  async run(context, _, ring) {
    const fixed = await fixDigests(context)
    await ring(deliverTouchesJob, ...fixed.map((workspaceId) => ({ workspaceId })))
  },
})
