import type { Context as KoaContext, Middleware } from 'koa'

/** A year, and longer names of the host too. */
const ONLY_HTTPS = 'max-age=31536000; includeSubDomains'

/** For what no browser is meant to show. Set with the least work, as webhooks wait for it; pages replace it. */
export function nothingToShow(appUrl: string): Middleware {
  const isHttps = appUrl.startsWith('https:')
  return (ctx, next) => {
    ctx.set('X-Content-Type-Options', 'nosniff')
    ctx.set('Content-Security-Policy', "default-src 'none';object-src 'none';base-uri 'none';frame-ancestors 'none'")
    if (isHttps) ctx.set('Strict-Transport-Security', ONLY_HTTPS)
    return next()
  }
}

/** For a page with a script of our own: no other may run there. Every other page runs none. */
export function allowOwnScripts(ctx: KoaContext): void {
  add(ctx, "script-src 'self'")
}

/** For a screen: its scripts read from us what they show. */
export function allowClient(ctx: KoaContext): void {
  add(ctx, "script-src 'self';connect-src 'self'")
}

/** For a page that shows another of ours in a frame. */
export function allowOwnFrames(ctx: KoaContext): void {
  add(ctx, "frame-src 'self'")
}

/**
 * For the HTML of a mail, which brings its styles: it runs and loads nothing, leads nowhere, and is framed by ourselves
 * only. Opened by itself it is as locked in as in the frame.
 */
export function onlyAsMail(ctx: KoaContext): void {
  const policy = [
    "default-src 'none'",
    "object-src 'none'",
    "style-src 'unsafe-inline'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
    'sandbox',
  ]
  ctx.set('Content-Security-Policy', policy.join(';'))
}

function add(ctx: KoaContext, directive: string): void {
  const policy = String(ctx.response.get('Content-Security-Policy'))
  ctx.set('Content-Security-Policy', `${policy};${directive}`)
}
