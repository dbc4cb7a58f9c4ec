import type { Context as KoaContext } from 'koa'

/** A cookie that scripts can't read and other sites can't send along. */
export interface OwnCookie {
  read(ctx: KoaContext): string | null
  write(ctx: KoaContext, value: string, expiresAt: Date): void
  clear(ctx: KoaContext): void
}

/**
 * Secure follows the scheme of `APP_URL`: behind a TLS proxy the connection itself is plain. Over https the name carries
 * the `__Host-` prefix, so that no other host of the domain can set it (RFC 6265bis, 4.1.3).
 */
export function ownCookie(appUrl: string, name: string): OwnCookie {
  const isSecure = appUrl.startsWith('https:')
  const fullName = isSecure ? `__Host-${name}` : name
  const set = (ctx: KoaContext, value: string, expiresAt: Date) => {
    const attributes = ['Path=/', 'HttpOnly', 'SameSite=Lax', ...(isSecure ? ['Secure'] : [])]
    ctx.append('Set-Cookie', [`${fullName}=${value}`, `Expires=${expiresAt.toUTCString()}`, ...attributes].join('; '))
  }
  return {
    read: (ctx) => ctx.cookies.get(fullName) || null,
    write: set,
    clear: (ctx) => set(ctx, '', new Date(0)),
  }
}
