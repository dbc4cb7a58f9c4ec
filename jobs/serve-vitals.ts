import { once } from 'node:events'
import { createServer } from 'node:http'
import Koa from 'koa'
import type { Context } from '../src/context.js'
import { listen } from '../src/listen.js'
import type { Running } from '../src/shutdown.js'
import type { QueueStore } from './queue.js'
import { vitalsRoutes } from './vitals-routes.js'

/**
 * Lets a worker, which serves nobody else, be asked whether it works and for its figures.
 *
 * @throws StartError when the port is taken
 */
export async function serveVitals(context: Context, store: QueueStore, port: number): Promise<Running> {
  const app = new Koa()
  app.on('error', (error) => context.log.warn({ err: error }, 'a connection broke while answering'))
  app.use(vitalsRoutes(context, store).routes())
  const server = createServer(app.callback())
  await listen(server, port, 'WORKER_PORT')
  return {
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
