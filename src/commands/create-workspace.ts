import { readWorkspaceInput } from '../config.js'
import { runCommand } from '../shutdown.js'
import { setUpWorkspace } from './set-up-workspace.js'
import { withContext } from './with-context.js'

/** `npm run -s workspace:create`: see docs/RUNBOOK.md. Prints one JSON line. */
await runCommand(async () => {
  const input = readWorkspaceInput()
  const { workspaceId, webhookUrl, key, hasSigningSecret } = await withContext((context) =>
    setUpWorkspace(context, input),
  )
  if (key.kind === 'unanswered') {
    process.stderr.write(
      'Stripe did not answer, so the key is stored unverified and /app stays locked. ' +
        'Run this command again when Stripe can be reached.\n',
    )
  }
  if (!hasSigningSecret) {
    process.stderr.write(
      'No signing secret is stored yet, so every webhook is refused. Create an endpoint with this webhookUrl in Stripe, ' +
        'then run this command again with its secret in STRIPE_WEBHOOK_SECRET.\n',
    )
  }
  process.stdout.write(`${JSON.stringify({ workspaceId, webhookUrl })}\n`)
})
