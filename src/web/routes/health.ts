import Router from '@koa/router'
import type { Context } from '../../context.js'

/** `GET /healthz`: the process lives. `GET /readyz`: it can do its work. */
export function healthRoutes(context: Context): Router {
  return new Router()
    .get('/healthz', (ctx) => {
      ctx.body = 'ok\n'
    })
    .get('/readyz', async (ctx) => {
      try {
        await context.db.raw('select 1')
        ctx.body = 'ready\n'
      } catch (error) {
        context.log.warn({ err: error }, 'not ready: the database does not answer')
        ctx.status = 503
        ctx.body = 'the database does not answer\n'
      }
    })
}
