import type { Middleware } from 'koa'
import { takeTry } from '../../accounts/limits.js'
import type { Context } from '../../context.js'
import { tenantOf } from './tenant.js'

/** A file of everything is work to make, and much to lose: so many an hour for a workspace. Comes after `requireTenant`. */
export function limitDownloads(context: Context): Middleware {
  return async (ctx, next) => {
    const waitSeconds = await takeTry(context, 'download', tenantOf(ctx).workspace.id)
    if (waitSeconds === null) return next()
    ctx.set('Retry-After', String(waitSeconds))
    ctx.throw(429)
  }
}
