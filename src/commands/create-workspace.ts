import { createWorkspace } from '../accounts/create-workspace.js'
import { readWorkspaceInput } from '../config.js'
import { runCommand } from '../shutdown.js'
import { withContext } from './with-context.js'

/** `npm run -s workspace:create`: see docs/RUNBOOK.md. Prints one JSON line. */
await runCommand(async () => {
  const input = readWorkspaceInput()
  const { workspaceId, webhookUrl, key } = await withContext((context) => createWorkspace(context, input))
  if (key.kind === 'unanswered') {
    process.stderr.write(
      'Stripe did not answer, so the key is stored unverified and /app stays locked. ' +
        'Run this command again when Stripe can be reached.\n',
    )
  }
  process.stdout.write(`${JSON.stringify({ workspaceId, webhookUrl })}\n`)
})
