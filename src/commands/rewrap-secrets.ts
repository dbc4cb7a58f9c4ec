import { type RewrappedColumn, rewrapSecrets } from '../accounts/rewrap-secrets.js'
import { StartError } from '../errors.js'
import { runCommand } from '../shutdown.js'
import { withContext } from './with-context.js'

/**
 * `npm run -s secrets:rewrap`: seals with `SECRET_KEY` what `SECRET_KEY_PREVIOUS` sealed. See docs/SECRETS.md. Says how
 * much on standard error, never what.
 */
await runCommand(async () => {
  const columns = await withContext((context) => rewrapSecrets(context, tell))
  const unreadable = columns.filter((column) => column.unreadable > 0)
  if (unreadable.length > 0) {
    throw new StartError(
      'Some texts open with neither key and stay as they are. Set SECRET_KEY_PREVIOUS to the key that sealed them and ' +
        'run this again. If it is lost, docs/RUNBOOK.md says what to do.',
    )
  }
  process.stderr.write(
    'Nothing is left under another key. Once every process runs with the new SECRET_KEY, remove SECRET_KEY_PREVIOUS.\n',
  )
})

function tell({ name, rewrapped, unreadable }: RewrappedColumn) {
  process.stderr.write(`${name}: ${rewrapped} sealed anew${unreadable > 0 ? `, ${unreadable} can't be opened` : ''}\n`)
}
