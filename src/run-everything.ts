import { openQueueStore } from '../jobs/queue.js'
import { runJobs } from '../jobs/run-jobs.js'
import { checkSecretKey } from './accounts/check-secret-key.js'
import { openDatabase } from './commands/open-database.js'
import type { Config } from './config.js'
import { type Context, openContext } from './context.js'
import { migrate } from './db/migrate.js'
import type { Log } from './log.js'
import { countProcess } from './metrics.js'
import type { Running } from './shutdown.js'
import { serve } from './web/serve.js'

/** The whole product in this process: database, migrations, web and worker. Stopping undoes it in reverse. */
export async function runEverything(
  config: Config,
  { log, stopping }: { log: Log; stopping: AbortSignal },
): Promise<Running & { readonly context: Context }> {
  const opened: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const close of opened.splice(0).reverse()) await close()
  }
  try {
    const database = await openDatabase(config, log)
    opened.push(() => database.close())
    const context = openContext(config, { databaseUrl: database.url, log, stopping })
    opened.push(() => context.db.destroy())
    const store = openQueueStore({ databaseUrl: database.url, redisUrl: config.redisUrl, log })
    opened.push(() => store.close())

    await migrate(context.db)
    await store.migrate()
    countProcess(context.metrics)
    await checkSecretKey(context)
    const jobs = runJobs(context, store)
    opened.push(() => jobs.stop())
    const web = await serve(context, store, config.port)
    opened.push(() => web.stop())
    return { context, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
