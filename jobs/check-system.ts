import { z } from 'zod'
import { checkSystem, workspacesToCheck } from '../src/accounts/check-system.js'
import { defineJob } from './define-job.js'

/** Looks at what must hold for a workspace's work to go on. */
export const checkSystemJob = defineJob({
  name: 'check-system',
  queue: 'checks',
  payload: z.object({ workspaceId: z.uuid() }),
  options: { attempts: 2, backoff: { type: 'fixed', delay: 60_000 } },
  coalesce: ({ workspaceId }) => workspaceId,
  run: (context, payload) => checkSystem(context, payload),
})

/** The same for all connected workspaces. */
export const checkAllSystemsJob = defineJob({
  name: 'check-all-systems',
  queue: 'checks',
  payload: z.object({}),
  options: { attempts: 1 },
  coalesce: () => 'all',
  async run(context, _, ring) {
    const workspaces = await workspacesToCheck(context)
    await ring(checkSystemJob, ...workspaces.map((workspaceId) => ({ workspaceId })))
  },
})
