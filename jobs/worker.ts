import './small-heap.js'
import { checkSecretKey } from '../src/accounts/check-secret-key.js'
import { readConfig } from '../src/config.js'
import { openContext } from '../src/context.js'
import { StartError } from '../src/errors.js'
import { createLog } from '../src/log.js'
import { countProcess } from '../src/metrics.js'
import { runProcess } from '../src/shutdown.js'
import { openQueueStore } from './queue.js'
import { runJobs } from './run-jobs.js'
import { serveVitals } from './serve-vitals.js'

/** The worker process: any number of them on a shared database. */
await runProcess(async (stopping) => {
  const config = readConfig()
  const { databaseUrl, redisUrl, workerPort } = config
  if (!databaseUrl)
    throw new StartError('A worker of its own needs DATABASE_URL. On one machine, npm start runs everything.')
  const log = createLog(config.logLevel)
  const context = openContext(config, { databaseUrl, log, stopping })
  countProcess(context.metrics)
  await checkSecretKey(context)
  const store = openQueueStore({ databaseUrl, redisUrl, log })
  const vitals = workerPort === null ? null : await serveVitals(context, store, workerPort)
  const jobs = runJobs(context, store)
  log.info('worker started')
  return {
    async stop() {
      await jobs.stop()
      await vitals?.stop()
      await store.close()
      await context.db.destroy()
      log.info('worker stopped')
    },
  }
})
