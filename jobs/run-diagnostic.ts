import { z } from 'zod'
import { runDiagnostic } from '../src/diagnostics/run-diagnostic.js'
import { defineJob } from './define-job.js'

/** Goes on with a workspace's diagnostic. What breaks off is rung for again by the sweep. */
export const runDiagnosticJob = defineJob({
  name: 'run-diagnostic',
  queue: 'diagnostics',
  payload: z.object({ workspaceId: z.uuid() }),
  options: { attempts: 1 },
  coalesce: ({ workspaceId }) => workspaceId,
  run: (context, payload) => runDiagnostic(context, payload),
})
