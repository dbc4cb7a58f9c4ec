import Stripe from 'stripe'
import { z } from 'zod'
import { END_OF_9999 } from './json.js'

/** How old a signature may be, in seconds. Source: docs.stripe.com/webhooks, "Preventing replay attacks". */
const TOLERANCE_S = 300

/** What the inbox needs to know of an event; everything else is read later, from the payload as it was sent. */
const envelopeSchema = z.object({
  id: z.string().regex(/^[\w.:-]{1,255}$/),
  type: z.string().regex(/^[\w.:-]{1,255}$/),
  created: z.int().nonnegative().max(END_OF_9999),
  livemode: z.boolean(),
})

export type Envelope = z.infer<typeof envelopeSchema>

export type Verification =
  | { readonly verified: true; readonly envelope: Envelope }
  | { readonly verified: false; readonly reason: 'signature' | 'not_an_event' }

/**
 * Verifies the signature over the raw body against every valid secret, then reads the envelope.
 * While a secret rolls over, Stripe sends one `v1` for each, and old and new are both ours to accept.
 *
 * @param body exactly as received
 * @param header `Stripe-Signature`
 */
export function verifyEvent(body: string, header: string, secrets: readonly string[]): Verification {
  if (!secrets.some((secret) => isSigned(body, header, secret))) return { verified: false, reason: 'signature' }

  const envelope = envelopeSchema.safeParse(parse(body))
  return envelope.success ? { verified: true, envelope: envelope.data } : { verified: false, reason: 'not_an_event' }
}

/** Whatever the SDK throws, it found no signature: over one that is empty or no ASCII it stumbles with other errors. */
function isSigned(body: string, header: string, secret: string): boolean {
  try {
    return Stripe.webhooks.signature?.verifyHeader(body, header, secret, TOLERANCE_S) ?? false
  } catch {
    return false
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null // Signed, and still no JSON: not an event.
  }
}
