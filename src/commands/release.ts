import { openQueueStore } from '../../jobs/queue.js'
import { readConfig } from '../config.js'
import { connect } from '../db/knex.js'
import { migrate } from '../db/migrate.js'
import { StartError } from '../errors.js'
import { createLog } from '../log.js'
import { runCommand } from '../shutdown.js'

/** The release step of a platform: brings database and queues to this version before its processes start. */
await runCommand(async () => {
  const { databaseUrl, redisUrl, logLevel } = readConfig()
  if (!databaseUrl) throw new StartError('release needs DATABASE_URL. On one machine, npm start migrates by itself.')
  const log = createLog(logLevel, process.stderr)
  const db = connect(databaseUrl, { max: 3 })
  const store = openQueueStore({ databaseUrl, redisUrl, log })
  try {
    const applied = await migrate(db)
    await store.migrate()
    process.stderr.write(applied.length > 0 ? `Applied ${applied.join(', ')}\n` : 'The database is up to date\n')
  } finally {
    await store.close()
    await db.destroy()
  }
})
