import { z } from 'zod'
import { deliverTouches } from '../src/recovery/deliver-touches.js'
import { defineJob } from './define-job.js'

export const deliverTouchesJob = defineJob({
  name: 'deliver-touches',
  queue: 'mail',
  payload: z.object({ workspaceId: z.uuid() }),
  options: { attempts: 5, backoff: { type: 'exponential', delay: 2_000 } },
  coalesce: ({ workspaceId }) => workspaceId,
  run: (context, payload) => deliverTouches(context, payload),
})
