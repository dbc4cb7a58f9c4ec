import { z } from 'zod'
import { enrichCases } from '../src/recovery/enrich-cases.js'
import { defineJob } from './define-job.js'
import { deliverTouchesJob } from './deliver-touches.js'

export const enrichCasesJob = defineJob({
  name: 'enrich-cases',
  queue: 'events',
  payload: z.object({ workspaceId: z.uuid() }),
  options: { attempts: 1 },
  coalesce: ({ workspaceId }) => workspaceId,
  async run(context, payload, ring) {
    const due = await enrichCases(context, payload)
    if (due.touches) await ring(deliverTouchesJob, payload)
  },
})
