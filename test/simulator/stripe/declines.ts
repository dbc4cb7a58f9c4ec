import type Stripe from 'stripe'

export interface Decline {
  /** What the account's owner asked for: a decline code, or an error code that comes without one. */
  readonly name: string
  readonly code: Stripe.PaymentIntent.LastPaymentError.Code
  readonly declineCode?: string
  readonly message: string
  readonly adviceCode?: 'confirm_card_data' | 'do_not_try_again' | 'try_again_later'
  readonly networkAdviceCode?: string
  readonly networkDeclineCode?: string
  /** Stripe itself blocked it: the bank was never asked. */
  readonly blockedByStripe?: boolean
}

const DECLINED = 'Your card was declined.'

const TABLE: readonly Decline[] = [
  declined('insufficient_funds', 'Your card has insufficient funds.', 'try_again_later', '51'),
  declined('generic_decline', DECLINED, 'try_again_later', '05'),
  declined('do_not_honor', DECLINED, 'try_again_later', '05'),
  declined('call_issuer', DECLINED, 'try_again_later', '01'),
  declined('card_velocity_exceeded', DECLINED, 'try_again_later', '61'),
  declined('withdrawal_count_limit_exceeded', DECLINED, 'try_again_later', '65'),
  declined('issuer_not_available', DECLINED, 'try_again_later', '91'),
  declined('try_again_later', DECLINED, 'try_again_later', '05'),
  declined('card_not_supported', 'Your card does not support this type of purchase.', 'do_not_try_again', '57'),
  declined('transaction_not_allowed', 'Your card does not support this type of purchase.', 'do_not_try_again', '57'),
  declined('invalid_account', DECLINED, 'do_not_try_again', '14'),
  declined('lost_card', DECLINED, 'do_not_try_again', '41'),
  declined('stolen_card', DECLINED, 'do_not_try_again', '43'),
  declined('pickup_card', DECLINED, 'do_not_try_again', '04'),
  declined('fraudulent', DECLINED, 'do_not_try_again', '59'),
  declined('merchant_blacklist', DECLINED, 'do_not_try_again', '59'),
  declined('restricted_card', DECLINED, 'do_not_try_again', '62'),
  declined('revocation_of_authorization', DECLINED, 'do_not_try_again', 'R1'),
  declined('revocation_of_all_authorizations', DECLINED, 'do_not_try_again', 'R3'),
  { ...declined('highest_risk_level', DECLINED, 'do_not_try_again', ''), blockedByStripe: true },
  // These four come as an error code of their own and without a decline code.
  { name: 'expired_card', code: 'expired_card', message: 'Your card has expired.', adviceCode: 'confirm_card_data' },
  { name: 'incorrect_cvc', code: 'incorrect_cvc', message: "Your card's security code is incorrect." },
  { name: 'incorrect_number', code: 'incorrect_number', message: 'Your card number is incorrect.' },
  {
    name: 'processing_error',
    code: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
    adviceCode: 'try_again_later',
  },
  {
    name: 'authentication_required',
    code: 'authentication_required',
    declineCode: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
    networkDeclineCode: '65',
  },
]

/** Scheduled by Stripe and never executed with the same card. Source: docs.stripe.com/billing/revenue-recovery/smart-retries */
const NEVER_RETRIED: ReadonlySet<string> = new Set([
  'incorrect_number',
  'lost_card',
  'pickup_card',
  'stolen_card',
  'revocation_of_authorization',
  'revocation_of_all_authorizations',
  'authentication_required',
  'highest_risk_level',
  'transaction_not_allowed',
])

export const DECLINE_NAMES: readonly string[] = TABLE.map((decline) => decline.name)

/** Throws on a name that Stripe does not have, so that a mistyped code doesn't become a silent generic decline. */
export function declineNamed(name: string): Decline {
  const decline = TABLE.find((candidate) => candidate.name === name)
  if (!decline) throw new Error(`No such decline: ${name}. There are: ${DECLINE_NAMES.join(', ')}`)
  return decline
}

export function isNeverRetried(declineName: string): boolean {
  return NEVER_RETRIED.has(declineName)
}

/** What a payment intent and an error answer say about a decline. */
export function paymentError(decline: Decline): Stripe.PaymentIntent.LastPaymentError {
  return {
    code: decline.code,
    doc_url: `https://docs.stripe.com/error-codes/${decline.code.replaceAll('_', '-')}`,
    message: decline.message,
    payment_method_type: 'card',
    type: 'card_error',
    ...(decline.declineCode && { decline_code: decline.declineCode }),
    ...(decline.adviceCode && { advice_code: decline.adviceCode }),
    ...(decline.networkAdviceCode && { network_advice_code: decline.networkAdviceCode }),
    ...(decline.networkDeclineCode && { network_decline_code: decline.networkDeclineCode }),
  }
}

function declined(name: string, message: string, advice: NonNullable<Decline['adviceCode']>, network: string): Decline {
  return {
    name,
    code: 'card_declined',
    declineCode: name,
    message,
    adviceCode: advice,
    ...(network && { networkDeclineCode: network }),
  }
}
