import { insistOpens } from '../accounts/check-secret-key.js'
import { readBackupFile, readConfig } from '../config.js'
import { cipherOf } from '../context.js'
import { connect } from '../db/knex.js'
import { Workspace } from '../db/models/workspace.js'
import { readBackup } from '../db/restore.js'
import { StartError } from '../errors.js'
import { createLog } from '../log.js'
import { runCommand } from '../shutdown.js'
import { openDatabase } from './open-database.js'

/**
 * `npm run -s restore`: puts the backup in `BACKUP_FILE` into an empty database, whole or not at all. Everybody is signed
 * out, and prompts are off: the time between the backup and now is not known here, and what was sent in it neither.
 */
await runCommand(async () => {
  const config = readConfig()
  const file = readBackupFile()
  if (file === null) throw new StartError('Set BACKUP_FILE to the file to restore.')
  const database = await openDatabase(config, createLog(config.logLevel, process.stderr))
  try {
    const cipher = cipherOf(config)
    const manifest = await readBackup(database.url, file, async (client) => {
      const { rows } = await client.query('select * from workspaces order by created_at desc limit 1')
      if (rows[0]) insistOpens(cipher, rows[0])
      await client.query('update workspaces set prompts_on_at = null')
      await client.query('delete from sessions')
      await client.query('delete from sign_in_tokens')
    })
    const db = connect(database.url, { max: 1 })
    const restored = { restored_at: new Date(), restored_from: new Date(manifest.madeAt) }
    await Workspace.query(db).patch(restored)
    await db.destroy()
    process.stderr.write(
      `Restored what was there at ${manifest.madeAt}. Prompts are off in every workspace: its owner sees under Settings, ` +
        'Prompts which mails would go out now, and turns them on again.\n',
    )
  } finally {
    await database.close()
  }
})
