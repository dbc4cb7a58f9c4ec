import { createHash, createHmac } from 'node:crypto'

const PREFIX = 'whsec_'
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** `whsec_` and 24 bytes as base64, by the seed. */
export function secretFor(seed: string): string {
  return PREFIX + createHash('sha256').update(seed).digest().subarray(0, 24).toString('base64')
}

/** Throws when a receiver could not decode it. */
export function checkSecret(secret: string): string {
  const encoded = secret.replace(PREFIX, '')
  if (!secret.startsWith(PREFIX) || !BASE64.test(encoded) || encoded.length % 4 !== 0) {
    throw new Error(`A webhook secret is whsec_ and base64, not ${secret}`)
  }
  return secret
}

/**
 * The headers of one try by Standard Webhooks, under the names that Svix gives them: each secret signs
 * `<id>.<seconds>.<body>`.
 */
export function signatureHeaders(
  id: string,
  body: string,
  secrets: readonly string[],
  seconds: number,
): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(PREFIX, ''), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`
  })
  return { 'svix-id': id, 'svix-timestamp': String(seconds), 'svix-signature': signatures.join(' ') }
}
