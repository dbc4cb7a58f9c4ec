import type { Context as KoaContext } from 'koa'

/** For a page with a script of our own: no other may run there. Every other page runs none. */
export function allowOwnScripts(ctx: KoaContext): void {
  const policy = String(ctx.response.get('Content-Security-Policy'))
  ctx.set('Content-Security-Policy', `${policy};script-src 'self'`)
}
