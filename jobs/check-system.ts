import { z } from 'zod'
import { checkSystem, workspacesToCheck } from '../src/accounts/check-system.js'
import { defineJob } from './define-job.js'

/** Looks at what must hold for a workspace's work to go on. */
export const checkSystemJob = defineJob({
  name: 'check-system',
  queue: 'checks',
  // Asked for by the owner: thoroughly.
  payload: z.object({ workspaceId: z.uuid(), isAsked: z.boolean().optional() }),
  options: { attempts: 2, backoff: { type: 'fixed', delay: 60_000 } },
  coalesce: ({ isAsked, workspaceId }) => `${workspaceId}${isAsked ? ' asked' : ''}`,
  run: (context, { isAsked = false, workspaceId }) => checkSystem(context, { workspaceId, isAsked }),
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
