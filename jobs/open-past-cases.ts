import { z } from 'zod'
import { openPastCases } from '../src/diagnostics/past-cases.js'
import { defineJob } from './define-job.js'
import { deliverTouchesJob } from './deliver-touches.js'

/** Opens the cases of the past that a workspace's owner wanted. */
export const openPastCasesJob = defineJob({
  name: 'open-past-cases',
  queue: 'diagnostics',
  payload: z.object({ workspaceId: z.uuid() }),
  options: { attempts: 1 },
  coalesce: ({ workspaceId }) => workspaceId,
  async run(context, payload, ring) {
    const { touches } = await openPastCases(context, payload)
    if (touches) await ring(deliverTouchesJob, payload)
  },
})
