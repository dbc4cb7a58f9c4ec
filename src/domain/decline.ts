import { DECLINE_CODES, type DeclineClass, NEVER_RETRIED } from './decline-codes.js'

export type { DeclineClass } from './decline-codes.js'

/** What Stripe said about a failed charge, in its own codes. The network's codes differ from network to network. */
export interface Decline {
  code: string | null
  declineCode: string | null
  adviceCode: string | null
  networkAdviceCode: string | null
  networkDeclineCode: string | null
}

/** Which of the four mails fits: another card, a confirmation, patience, or no guess at all. */
export type MailVariant = 'card' | 'authentication' | 'funds' | 'unknown'

/** A payment that waits for the customer has failed for want of a confirmation, whether or not Stripe adds an error. */
export const AUTHENTICATION_REQUIRED: Decline = Object.freeze({
  code: 'authentication_required',
  declineCode: null,
  adviceCode: null,
  networkAdviceCode: null,
  networkDeclineCode: null,
})

interface Meaning {
  class: DeclineClass
  words: string
}

const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  Object.entries(DECLINE_CODES).flatMap(([declineClass, codes]) =>
    Object.entries(codes).map(([code, words]) => [code, { class: declineClass as DeclineClass, words }]),
  ),
)

/** Stripe's advice on what to do next (docs.stripe.com/declines/card, *Retrying issuer declines*). */
const CLASS_BY_ADVICE: ReadonlyMap<string, DeclineClass> = new Map([
  ['confirm_card_data', 'card'],
  ['do_not_try_again', 'card'],
  ['try_again_later', 'processing'],
])

/** Says only that a bank declined, so any other code tells more. */
const LEAST_TELLING = 'generic_decline'

/**
 * What a decline means. Reads `decline_code`, then `code` (an expired card may come without the first), then Stripe's
 * advice.
 * @returns the class, the most telling code, and whether Stripe's own retries can bring the money
 */
export function classifyDecline(decline: Decline | null): {
  class: DeclineClass
  code: string | null
  retriedByStripe: boolean
} {
  const codes = [decline?.declineCode, decline?.code].filter((code) => typeof code === 'string')
  const known = codes.filter((code) => MEANINGS.has(code))
  const code = known.find((each) => each !== LEAST_TELLING) ?? known[0] ?? codes[0] ?? null
  return {
    class: meaningOf(code)?.class ?? CLASS_BY_ADVICE.get(decline?.adviceCode ?? '') ?? 'unknown',
    code,
    retriedByStripe: !codes.some((each) => NEVER_RETRIED.has(each)),
  }
}

/**
 * The mail for a decline. A bank that says no for good is answered with *another card*, a bank that gives no reason and
 * anything blocked with the mail that guesses nothing.
 */
export function mailVariantFor(declineClass: DeclineClass, code: string | null): MailVariant {
  switch (declineClass) {
    case 'authentication':
      return 'authentication'
    case 'card':
      return 'card'
    case 'funds':
    case 'processing':
      return 'funds'
    case 'issuer':
      return code !== null && NEVER_RETRIED.has(code) ? 'card' : 'unknown'
    case 'blocked':
    case 'unknown':
      return 'unknown'
  }
}

/** The reason in words for the owner, without a full stop. Never for a customer: see `customerMayKnow`. */
export function declineInWords(code: string | null): string {
  return meaningOf(code)?.words ?? 'The bank declined the charge'
}

/**
 * Whether a mail may name this reason. Of the card's reasons only its expiry: lost, stolen, blocked and suspected cards
 * are never disclosed (docs.stripe.com/declines/codes asks to present them as a generic decline), nor is what we don't know.
 */
export function customerMayKnow(code: string | null): boolean {
  if (code === 'expired_card') return true
  const declineClass = meaningOf(code)?.class
  return declineClass === 'authentication' || declineClass === 'funds' || declineClass === 'processing'
}

function meaningOf(code: string | null): Meaning | undefined {
  return code === null ? undefined : MEANINGS.get(code)
}
