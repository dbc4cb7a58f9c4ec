import { isIPv6 } from 'node:net'
import type { Context as KoaContext } from 'koa'

/**
 * The network address that limits count by. A proxy appends the address it was called from to `X-Forwarded-For`, so
 * with `trusted` proxies in front it is the entry that the outermost of them wrote; what stands before it anybody may
 * have made up. Of IPv6 the /64 counts: one client has all of it (RFC 6177).
 */
export function clientOf(ctx: KoaContext, trusted: number): string {
  const forwarded = ctx
    .get('X-Forwarded-For')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  const direct = ctx.req.socket.remoteAddress ?? ''
  const address = trusted > 0 ? (forwarded.at(-trusted) ?? direct) : direct
  return isIPv6(address) && !address.startsWith('::ffff:') ? address.split(':').slice(0, 4).join(':') : address
}
