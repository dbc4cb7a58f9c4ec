import Router from '@koa/router'
import { assetFiles } from '../asset-files.js'

/** `GET /assets/*`: the few files that pages load. */
export function assetRoutes(): Router {
  const router = new Router()
  // Browsers ask for it on their own; customers' pages carry nobody's mark.
  router.get('/favicon.ico', (ctx) => {
    ctx.status = 204
  })
  return router.all('/assets/*path', assetFiles.serve)
}
