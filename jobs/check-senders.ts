import { z } from 'zod'
import { checkSenders } from '../src/accounts/check-senders.js'
import { defineJob } from './define-job.js'
import { deliverTouchesJob } from './deliver-touches.js'

/** Senders that the provider refused are tried again, and mails that wait for them go out. */
export const checkSendersJob = defineJob({
  name: 'check-senders',
  queue: 'checks',
  payload: z.object({}),
  options: { attempts: 1 },
  coalesce: () => 'all',
  async run(context, _, ring) {
    const working = await checkSenders(context)
    await ring(deliverTouchesJob, ...working.map((workspaceId) => ({ workspaceId })))
  },
})
