import Router from '@koa/router'
import { landingPage } from '../pages/landing.js'

/** The page at the front door: the same for everybody, so it is made once. */
export function landingRoutes(appUrl: string): Router {
  const page = landingPage({ appUrl })
  return new Router().get('/', (ctx) => {
    ctx.set('Cache-Control', 'public, max-age=600')
    ctx.body = page
  })
}
