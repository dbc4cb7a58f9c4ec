import type Router from '@koa/router'
import type { Context as KoaContext, Middleware, Next } from 'koa'
import type { Db } from '../src/db/knex.js'
import type { PanelOwner, Screens } from './panel-owner.js'

interface PanelOptions<Tenant> {
  readonly db: Db
  readonly screens: Screens<Tenant>
  /** Who is signed in; the middleware before this one has seen to it that somebody is. */
  ownerOf(ctx: KoaContext): PanelOwner<Tenant>
}

const RECORD = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const RESOURCE = '(?:cases|suppressions)'

/**
 * `GET /app/api/**`: what the panel's client reads through AdminJS. `dashboard` and `pages/:screen` are the screens;
 * `resources/:table/actions/{list,search}` and `resources/:table/records/:id/show` are rows. Everything else is not
 * there, whatever AdminJS has behind it: nothing is changed through it.
 */
export function panelApi<Tenant>({ db, screens, ownerOf }: PanelOptions<Tenant>): Middleware {
  const pages = Object.keys(screens).filter((name) => name !== 'overview')
  const known = new RegExp(
    `^/app/api/(?:dashboard|pages/(?:${pages.join('|')})|resources/${RESOURCE}/(?:actions/list|actions/search(?:/[^/]{1,200})?|records/${RECORD}/show))$`,
  )
  let router: Promise<Router> | undefined
  const load = async () => (await import('./admin-router.js')).adminRouter(db, screens)
  return async (ctx: KoaContext, _next: Next) => {
    if (ctx.method !== 'GET' || !known.test(ctx.path) || Object.keys(ctx.query).some(isInherited)) return ctx.throw(404)
    router ??= load()
    const routes = (await router).routes() as unknown as Middleware
    // The plugin reads the owner here, and nothing else of a session.
    Object.assign(ctx, { session: { adminUser: ownerOf(ctx) } })
    await routes(ctx as never, async () => ctx.throw(404))
  }
}

/** AdminJS looks names up in plain objects, where every object has some that nobody wrote. */
const isInherited = (name: string) => name.split(/\W+/).some((part) => part in Object.prototype)
