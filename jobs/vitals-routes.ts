import { createHash, timingSafeEqual } from 'node:crypto'
import Router from '@koa/router'
import type { Context } from '../src/context.js'
import type { QueueStore } from './queue.js'
import { readMetrics, readReadiness } from './vitals.js'

/**
 * What platforms and monitors ask, of the web process and of a worker with a port. `GET /healthz`: the process lives.
 * `GET /readyz`: it can do its work, with what it rests on as JSON. `GET /metrics`: its figures, for whoever has the
 * token; 404 where none is set.
 */
export function vitalsRoutes(context: Context, store: QueueStore): Router {
  const { metricsToken } = context.settings
  return new Router()
    .get('/healthz', (ctx) => {
      ctx.body = 'ok\n'
    })
    .get('/readyz', async (ctx) => {
      const { isReady, ...parts } = await readReadiness(context, store)
      ctx.status = isReady ? 200 : 503
      ctx.set('Cache-Control', 'no-store')
      ctx.body = { ready: isReady, ...parts }
    })
    .get('/metrics', async (ctx) => {
      if (metricsToken === null) return
      if (!isSame(ctx.get('Authorization'), `Bearer ${metricsToken}`)) {
        ctx.set('WWW-Authenticate', 'Bearer realm="metrics"')
        ctx.status = 401
        ctx.body = 'This needs the token in METRICS_TOKEN\n'
        return
      }
      ctx.set('Cache-Control', 'no-store')
      ctx.type = context.metrics.registry.contentType
      ctx.body = await readMetrics(context, store)
    })
}

/** In a time that tells nothing of either. */
function isSame(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}
