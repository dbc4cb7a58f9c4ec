import Router from '@koa/router'
import type { Middleware, Next } from 'koa'
import { readQueues } from '../../../admin/queue-facts.js'
import type { QueueStore } from '../../../jobs/queue.js'
import type { Context } from '../../context.js'
import { readInstallation } from '../../diagnostics/read-installation.js'
import { VERSION } from '../../version.js'
import { assetFiles } from '../asset-files.js'
import { requireOperator } from '../middleware/operator.js'
import type { Cookies } from '../middleware/session.js'
import { installationPage } from '../pages/installation.js'
import { presentInstallation } from '../presenters/installation.js'

/** `/jobs/**`: Bull Board and the installation, for platform operators. It shows the jobs of every workspace. */
export function jobRoutes(context: Context, cookies: Cookies, store: QueueStore): Router {
  let board: Promise<Middleware> | undefined
  const load = async () =>
    (await import('../../../admin/queue-board.js'))
      .queueBoard(store, { logo: assetFiles.href('mark.svg') })
      .routes() as never
  return new Router({ prefix: '/jobs' })
    .use(requireOperator(context, cookies))
    .get('/installation', async (ctx) => {
      const [installation, queues] = await Promise.all([readInstallation(context), readQueues(store)])
      ctx.body = installationPage(
        presentInstallation({ installation, queues, backend: store.backend, version: VERSION }, context.now()),
      )
    })
    .all(['/', '/*path'], async (ctx, next: Next) => {
      board ??= load()
      await (await board)(ctx as never, next)
    })
}
