import { checkSecretKey } from '../accounts/check-secret-key.js'
import { readConfig } from '../config.js'
import { type Context, openContext } from '../context.js'
import { migrate } from '../db/migrate.js'
import { createLog } from '../log.js'
import { openDatabase } from './open-database.js'

/**
 * Runs a command on the database that the product uses: the running one, which is left running, or one that is started
 * and stopped again. Standard output belongs to the command; the log goes to standard error.
 */
export async function withContext<Result>(command: (context: Context) => Promise<Result>): Promise<Result> {
  const config = readConfig()
  const log = createLog(config.logLevel, process.stderr)
  const database = await openDatabase(config, log)
  try {
    const context = openContext(config, { databaseUrl: database.url, log, connections: 4 })
    try {
      await migrate(context.db)
      await checkSecretKey(context)
      return await command(context)
    } finally {
      await context.db.destroy()
    }
  } finally {
    await database.close()
  }
}
