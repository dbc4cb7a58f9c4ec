import { openQueueStore } from '../../jobs/queue.js'
import { checkSecretKey } from '../accounts/check-secret-key.js'
import { readConfig } from '../config.js'
import { openContext } from '../context.js'
import { StartError } from '../errors.js'
import { createLog } from '../log.js'
import { countProcess } from '../metrics.js'
import { runProcess } from '../shutdown.js'
import { serve } from './serve.js'

/** The web process: any number of them on a shared database. */
await runProcess(async (stopping) => {
  const config = readConfig()
  const { databaseUrl, redisUrl, port } = config
  if (!databaseUrl)
    throw new StartError('A web process of its own needs DATABASE_URL. On one machine, npm start runs everything.')
  const log = createLog(config.logLevel)
  const context = openContext(config, { databaseUrl, log, stopping })
  countProcess(context.metrics)
  await checkSecretKey(context)
  const store = openQueueStore({ databaseUrl, redisUrl, log })
  const web = await serve(context, store, port)
  log.info({ port }, 'web started')
  return {
    async stop() {
      await web.stop()
      await store.close()
      await context.db.destroy()
      log.info('web stopped')
    },
  }
})
