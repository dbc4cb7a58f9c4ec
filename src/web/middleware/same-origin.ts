import type { Context as KoaContext, Next } from 'koa'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses what another site makes a browser send: an unsafe request must come from our own origin. Browsers say so in
 * Sec-Fetch-Site (W3C Fetch Metadata), older ones in Origin, which is compared with `APP_URL`: Koa's `ctx.origin` is
 * the header itself.
 */
export function sameOrigin(appUrl: string) {
  const only = onlySameOrigin(appUrl)
  return (ctx: KoaContext, next: Next) => (SAFE.has(ctx.method) ? next() : only(ctx, next))
}

/** The same for every request: what only our own scripts ask for, nobody gets by following a link. */
export function onlySameOrigin(appUrl: string) {
  const { origin } = new URL(appUrl)
  return async (ctx: KoaContext, next: Next) => {
    const site = ctx.get('Sec-Fetch-Site')
    const isOurs = site ? site === 'same-origin' : ctx.get('Origin') === origin
    if (!isOurs) ctx.throw(403)
    await next()
  }
}

/** Browser pages answer under the host of `APP_URL` only, so that a forged Host leads nowhere. */
export function ownHost(appUrl: string) {
  const { host } = new URL(appUrl)
  return async (ctx: KoaContext, next: Next) => {
    if (ctx.get('Host') !== host) ctx.throw(421)
    await next()
  }
}
