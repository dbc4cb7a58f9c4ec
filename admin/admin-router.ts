import { buildRouter } from '@adminjs/koa'
import type Router from '@koa/router'
import AdminJS, { type AdminJSOptions, type PageHandler } from 'adminjs'
import Koa from 'koa'
import type { Db } from '../src/db/knex.js'
import type { PanelOwner, Screens } from './panel-owner.js'
import { ScopedDatabase, ScopedResource } from './scoped-resource.js'
import { cases } from './tables/cases.js'
import { suppressions } from './tables/suppressions.js'

AdminJS.registerAdapter({ Database: ScopedDatabase, Resource: ScopedResource })

/** Changes are use cases behind the forms of our pages: AdminJS writes nothing. */
const CLOSED = { isAccessible: false, isVisible: false } as const
const READ_ONLY = { new: CLOSED, edit: CLOSED, delete: CLOSED, bulkDelete: CLOSED }

/**
 * AdminJS with our tables and screens, as a router below `/app`. Loading this costs 160 MB and a second: it is imported
 * when first needed, and never by the worker.
 */
export function adminRouter<Tenant>(db: Db, screens: Screens<Tenant>): Router {
  const { overview, ...pages } = Object.fromEntries(
    Object.entries(screens).map(([name, screen]) => [name, { handler: handlerOf(screen), component: name }]),
  )
  const options: AdminJSOptions = {
    rootPath: '/app',
    loginPath: '/sign-in',
    logoutPath: '/sign-out',
    resources: [cases, suppressions].map((table) => ({ resource: { table, db }, options: { actions: READ_ONLY } })),
    pages,
    ...(overview && { dashboard: overview }),
  }
  const admin = new AdminJS(options)
  // It would bundle components into the working directory: ours are in a bundle of their own, so it has nothing to do.
  admin.initialize = () => new Promise(() => {})
  // It mounts its assets on an application of its own: that one is asked for nothing, ours serves them.
  return buildRouter(admin, new Koa())
}

/** Screens are not rows: each begins with the tenant itself. */
const handlerOf =
  <Tenant>(screen: Screens<Tenant>[string]): PageHandler =>
  async ({ query }: { query?: Record<string, unknown> }, _response, { currentAdmin }) => {
    const shown = await screen((currentAdmin as unknown as PanelOwner<Tenant>).tenant, query ?? {})
    if (!shown) throw Object.assign(new Error('There is no such screen'), { status: 404, expose: true })
    return shown
  }
