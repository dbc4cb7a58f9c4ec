import { createHmac } from 'node:crypto'

/** Comes along in test mode, for nobody to take as a signature. */
const FAKE = `v0=${'0'.repeat(64)}`

/**
 * The `stripe-signature` header: `t=…,v1=…` over the raw body, with one `v1` for each secret, `seconds` being the moment
 * of this attempt. Source: docs.stripe.com/webhooks
 */
export function signatureHeader(body: Buffer, secrets: readonly string[], seconds: number, livemode: boolean): string {
  const signatures = secrets.map(
    (secret) => `v1=${createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')}`,
  )
  return [`t=${seconds}`, ...signatures, ...(livemode ? [] : [FAKE])].join(',')
}
