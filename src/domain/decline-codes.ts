/** What a decline asks for. `unknown` stands for codes that are not listed here. */
export type DeclineClass = 'authentication' | 'card' | 'funds' | 'issuer' | 'blocked' | 'processing' | 'unknown'

/**
 * Why a charge fails, by class, in words for the owner.
 *
 * Sources, collected in November 2026:
 * - docs.stripe.com/declines/codes as of April 2026: the 50 card codes (`do_not_try_again` and `try_again_later` are
 *   deprecated there), and those of other payment methods, also as the charge's `outcome.reason` (`partner_*`);
 * - API reference, `charge.outcome.reason`: what Radar and Adaptive Acceptance block;
 * - docs.stripe.com/error-codes and docs.stripe.com/declines/network-codes: codes that come without a decline code, and
 *   those of bank debits.
 */
export const DECLINE_CODES: Readonly<Record<Exclude<DeclineClass, 'unknown'>, Readonly<Record<string, string>>>> = {
  authentication: {
    authentication_required: 'The bank wants the customer to confirm the payment',
    authentication_not_handled: 'The bank wanted a confirmation that the customer did not give',
    invoice_payment_intent_requires_action: 'The bank wants the customer to confirm the payment',
    mobile_device_authentication_required: 'The bank wants the customer to confirm the payment on their phone',
    offline_pin_required: 'The card asks for its PIN',
    online_or_offline_pin_required: 'The card asks for its PIN',
    payment_intent_action_required: 'The bank wants the customer to confirm the payment',
    payment_intent_authentication_failure: 'The customer did not pass the bank’s confirmation',
  },

  card: {
    account_closed: 'The bank account is closed',
    account_number_invalid: 'The account number is wrong',
    bank_account_closed: 'The bank account is closed',
    bank_account_declined: 'The bank account cannot be charged',
    bank_account_frozen: 'The bank account is frozen',
    bank_account_invalid_details: 'The bank details are wrong',
    bank_account_restricted: 'The bank account does not take debits',
    bank_account_unusable: 'The bank account cannot be charged',
    billing_invalid_mandate: 'The mandate for this payment method is not valid',
    card_already_activated: 'The card cannot be used for this payment',
    card_not_supported: 'The card does not support this kind of purchase',
    currency_not_supported: 'The card does not support this currency',
    do_not_try_again: 'The bank asked not to try this card again',
    expired_card: 'The card has expired',
    expired_payment_information: 'The payment details have expired',
    expired_payment_method: 'The payment method has expired',
    incorrect_address: 'The billing address does not match the card',
    incorrect_cvc: 'The security code is wrong',
    incorrect_number: 'The card number is wrong',
    incorrect_pin: 'The PIN is wrong',
    incorrect_postal_code: 'The postal code does not match the card',
    incorrect_zip: 'The postal code does not match the card',
    india_recurring_payment_mandate_canceled: 'The customer ended the mandate for recurring payments',
    invalid_account: 'The card, or the account behind it, is not valid',
    invalid_authorization: 'The customer’s authorization is not valid or was withdrawn',
    invalid_billing_agreement: 'The customer’s agreement with the payment provider is not valid',
    invalid_customer_account: 'The customer’s account with the payment provider cannot be charged',
    invalid_cvc: 'The security code is wrong',
    invalid_expiry_month: 'The expiry month is wrong',
    invalid_expiry_year: 'The expiry year is wrong',
    invalid_number: 'The card number is wrong',
    invalid_payment_information: 'The payment details are not valid',
    invalid_pin: 'The PIN is wrong',
    invalid_track_data: 'The card could not be read',
    lost_card: 'The card was reported lost',
    lost_or_stolen_card: 'The card was reported lost or stolen',
    missing: 'There is no card to charge',
    new_account_information_available: 'The card was replaced by a newer one',
    no_account: 'The bank account could not be found',
    partner_expired_card: 'The card kept with the payment provider has expired',
    partner_invalid_currency: 'The payment provider does not support this currency',
    payment_intent_mandate_invalid: 'The mandate for this payment method is not valid',
    payment_method_not_available: 'The payment method cannot be used',
    pickup_card: 'The bank blocked the card, perhaps as lost or stolen',
    pin_try_exceeded: 'The PIN was entered wrongly too often',
    recurring_not_supported_by_bank: 'The customer’s bank does not support recurring payments',
    restricted_card: 'The bank restricted the card, perhaps as lost or stolen',
    stolen_card: 'The card was reported stolen',
    testmode_decline: 'A test card was used for a real charge',
    tokenized_account_number_deactivated: 'The bank account number is no longer in use',
  },

  funds: {
    card_velocity_exceeded: 'The card is over its balance or limit',
    insufficient_funds: 'There is not enough money on the card',
    invalid_amount: 'The amount is more than the card allows',
    partner_insufficient_funds: 'There is not enough money in the account with the payment provider',
    partner_invalid_amount: 'The payment provider does not allow this amount',
    payment_limit_exceeded: 'The amount is over a limit of the customer’s account',
    withdrawal_count_limit_exceeded: 'The card is over its balance or limit',
  },

  issuer: {
    approve_with_id: 'The bank did not authorize the payment',
    call_issuer: 'The bank declined and wants the customer to call',
    debit_not_authorized: 'The customer did not authorize the debit',
    do_not_honor: 'The bank declined without saying why',
    generic_decline: 'The bank declined without saying why',
    no_action_taken: 'The bank declined without saying why',
    not_permitted: 'The bank does not permit this payment',
    partner_action_not_supported: 'The payment provider does not support this payment',
    partner_generic_decline: 'The payment provider declined the payment',
    payment_method_customer_decline: 'The customer declined the payment',
    payment_method_provider_decline: 'The payment provider declined the payment',
    recipient_deceased: 'The bank reports that the account holder has died',
    refer_to_customer: 'The bank refers to the customer',
    revocation_of_all_authorizations: 'The customer told the bank to stop all recurring charges',
    revocation_of_authorization: 'The customer told the bank to stop this recurring charge',
    security_violation: 'The bank declined for security reasons',
    service_not_allowed: 'The bank does not allow this payment',
    stop_payment_order: 'The customer told the bank to stop this payment',
    transaction_not_allowed: 'The bank does not allow this kind of payment',
  },

  blocked: {
    compliance_violation: 'The payment provider blocked the payment for breaking its rules',
    elevated_risk_level: 'Stripe Radar blocked the payment as risky',
    fraudulent: 'The payment was blocked as possibly fraudulent',
    highest_risk_level: 'Stripe Radar blocked the payment as high risk',
    invalid_business_account: 'Your account with the payment provider is deactivated',
    low_probability_of_authorization: 'Stripe held the payment back, as the bank would most likely decline',
    merchant_blacklist: 'The customer is on your Stripe block list',
    partner_high_risk_customer: 'The payment provider sees this customer as high risk',
    payment_disputed: 'The payment is under dispute',
    rule: 'One of your Stripe Radar rules blocked the payment',
  },

  processing: {
    card_decline_rate_limit_exceeded: 'The card was declined too often and rests for 24 hours',
    duplicate_transaction: 'The same amount was charged to this card moments before',
    issuer_not_available: 'The bank could not be reached',
    partner_duplicate_transaction: 'The same amount was charged moments before',
    partner_payment_not_found: 'The payment provider lost track of the payment',
    partner_processing_error: 'The payment provider had a fault',
    payment_intent_payment_attempt_expired: 'The payment ran out of time',
    payment_method_provider_timeout: 'The payment provider did not answer in time',
    processing_error: 'The bank had a fault while processing the payment',
    reenter_transaction: 'The bank could not process the payment',
    try_again_later: 'The bank asked to try again later',
  },
}

/**
 * Stripe goes on scheduling retries for these and counts them as attempts, but charges nothing until the customer has
 * another payment method. Source: docs.stripe.com/billing/revenue-recovery/smart-retries (non-retryable decline codes) as
 * of August 2026. Older copies of that list lack `transaction_not_allowed`.
 */
export const NEVER_RETRIED: ReadonlySet<string> = new Set([
  'authentication_required',
  'highest_risk_level',
  'incorrect_number',
  'lost_card',
  'pickup_card',
  'revocation_of_all_authorizations',
  'revocation_of_authorization',
  'stolen_card',
  'transaction_not_allowed',
])
