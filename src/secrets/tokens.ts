import { createHash, randomBytes } from 'node:crypto'

/** A new opaque token for links and cookies: 192 random bits, safe in a URL. */
export function newToken(): string {
  return randomBytes(24).toString('base64url')
}

/** What is stored for look-up. Tokens are random, so a plain SHA-256 can't be turned back. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
