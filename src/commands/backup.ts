import { readBackupFile, readConfig } from '../config.js'
import { writeBackup } from '../db/backup.js'
import { createLog } from '../log.js'
import { runCommand } from '../shutdown.js'
import { openDatabase } from './open-database.js'

/**
 * `npm run -s backup`: writes the database to one file, while everything runs or not. Prints its name on standard output.
 * The secret key is not in it.
 */
await runCommand(async () => {
  const config = readConfig()
  const now = new Date()
  const file = readBackupFile() ?? `secondloop-${now.toISOString().replace(/[:.]/g, '-')}.backup`
  const database = await openDatabase(config, createLog(config.logLevel, process.stderr))
  try {
    const { tables } = await writeBackup(database.url, file, now)
    const rows = tables.reduce((sum, table) => sum + table.rows, 0)
    process.stderr.write(
      `${rows} rows of ${tables.length} tables. What is sealed in them opens with the secret key only, which is not in ` +
        'the file: keep SECRET_KEY, or the file secret-key of DATA_DIR, in another place.\n',
    )
    process.stdout.write(`${file}\n`)
  } finally {
    await database.close()
  }
})
