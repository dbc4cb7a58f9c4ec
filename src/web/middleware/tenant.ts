import type { Context as KoaContext, Middleware, Next } from 'koa'
import { isStripeVerified } from '../../accounts/stripe-status.js'
import type { Context } from '../../context.js'
import type { Owner } from '../../db/models/owner.js'
import { StripeConnection } from '../../db/models/stripe-connection.js'
import { Workspace } from '../../db/models/workspace.js'

/** Whose panel it is. Everything below `/app` starts from here, never from an id in the request. */
export interface Tenant {
  readonly owner: Owner
  readonly workspace: Workspace
  readonly connection: StripeConnection
}

/**
 * `/app` stays locked until the workspace exists and Stripe is verified; until then it leads to what is missing. Comes
 * after `requireOwner`.
 */
export function requireTenant(context: Context): Middleware {
  const { db } = context
  return async (ctx: KoaContext, next: Next) => {
    const owner = ctx.state.owner as Owner
    const workspace = await Workspace.query(db).findOne({ owner_id: owner.id })
    const connection =
      workspace && (await StripeConnection.query(db).findOne({ workspace_id: workspace.id, replaced_at: null }))
    const isOpen = workspace && connection && (await isStripeVerified(context, workspace.id))
    if (!isOpen) {
      if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return ctx.throw(403)
      return ctx.redirect(workspace ? '/onboarding/stripe' : '/onboarding/workspace')
    }
    ctx.state.tenant = { owner, workspace, connection } satisfies Tenant
    await next()
  }
}

export const tenantOf = (ctx: KoaContext) => ctx.state.tenant as Tenant
