import type { Context as KoaContext, Next } from 'koa'
import { ownerOfSession } from '../../accounts/sign-in.js'
import type { Context } from '../../context.js'

/** The session cookie. Secure follows the scheme of `APP_URL`: behind a TLS proxy the connection itself is plain. */
export interface SessionCookie {
  read(ctx: KoaContext): string | null
  write(ctx: KoaContext, token: string, expiresAt: Date): void
  clear(ctx: KoaContext): void
}

export function sessionCookie(appUrl: string): SessionCookie {
  const isSecure = appUrl.startsWith('https:')
  const name = isSecure ? '__Host-session' : 'session'
  const set = (ctx: KoaContext, value: string, expiresAt: Date) => {
    const attributes = ['Path=/', 'HttpOnly', 'SameSite=Lax', ...(isSecure ? ['Secure'] : [])]
    ctx.append('Set-Cookie', [`${name}=${value}`, `Expires=${expiresAt.toUTCString()}`, ...attributes].join('; '))
  }
  return {
    read: (ctx) => ctx.cookies.get(name) ?? null,
    write: set,
    clear: (ctx) => set(ctx, '', new Date(0)),
  }
}

/** Lets only signed-in owners pass; everyone else is led to exactly `/sign-in`. */
export function requireOwner(context: Context, cookie: SessionCookie) {
  return async (ctx: KoaContext, next: Next) => {
    const token = cookie.read(ctx)
    const owner = token && (await ownerOfSession(context, token))
    if (!owner) return ctx.redirect('/sign-in')
    ctx.state.owner = owner
    ctx.set('Cache-Control', 'no-store')
    await next()
  }
}
