import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  AUTHENTICATION_REQUIRED,
  classifyDecline,
  customerMayKnow,
  type Decline,
  type DeclineClass,
  declineInWords,
  type MailVariant,
  mailVariantFor,
} from '../../src/domain/decline.js'

const declined = (told: Partial<Decline>): Decline => ({
  code: null,
  declineCode: null,
  adviceCode: null,
  networkAdviceCode: null,
  networkDeclineCode: null,
  ...told,
})

const mailFor = (told: Partial<Decline>) => {
  const { class: declineClass, code } = classifyDecline(declined(told))
  return mailVariantFor(declineClass, code)
}

/** docs.stripe.com/declines/codes, card table. Written out here so that a code dropped from the data is missed. */
const CARD_CODES = `authentication_required authentication_not_handled approve_with_id call_issuer card_not_supported
  card_velocity_exceeded currency_not_supported do_not_honor do_not_try_again duplicate_transaction expired_card fraudulent
  generic_decline incorrect_address incorrect_cvc incorrect_number incorrect_pin incorrect_zip insufficient_funds
  invalid_account invalid_amount invalid_cvc invalid_expiry_month invalid_expiry_year invalid_number invalid_pin
  issuer_not_available lost_card merchant_blacklist mobile_device_authentication_required new_account_information_available
  no_action_taken not_permitted offline_pin_required online_or_offline_pin_required pickup_card pin_try_exceeded
  processing_error reenter_transaction restricted_card revocation_of_all_authorizations revocation_of_authorization
  security_violation service_not_allowed stolen_card stop_payment_order testmode_decline transaction_not_allowed
  try_again_later withdrawal_count_limit_exceeded`.split(/\s+/)

/** The same page, other payment methods. */
const OTHER_CODES = `partner_generic_decline invalid_customer_account payment_limit_exceeded invalid_billing_agreement
  invalid_business_account partner_high_risk_customer compliance_violation payment_disputed invalid_authorization
  invalid_payment_information partner_payment_not_found expired_payment_information recurring_not_supported_by_bank
  partner_action_not_supported lost_or_stolen_card card_already_activated invalid_track_data`.split(/\s+/)

const NEVER_TOLD = `lost_card stolen_card pickup_card restricted_card lost_or_stolen_card fraudulent merchant_blacklist
  highest_risk_level elevated_risk_level rule recipient_deceased`.split(/\s+/)

describe('declines', () => {
  it.each([...CARD_CODES, ...OTHER_CODES, 'highest_risk_level'])('knows what %s means', (code) => {
    expect(classifyDecline(declined({ code: 'card_declined', declineCode: code }))).toMatchObject({
      class: expect.not.stringMatching('unknown'),
      code,
    })
  })

  it.each<[string, DeclineClass, MailVariant]>([
    ['authentication_required', 'authentication', 'authentication'],
    ['expired_card', 'card', 'card'],
    ['lost_card', 'card', 'card'],
    ['incorrect_cvc', 'card', 'card'],
    ['insufficient_funds', 'funds', 'funds'],
    ['card_velocity_exceeded', 'funds', 'funds'],
    ['do_not_honor', 'issuer', 'unknown'],
    ['generic_decline', 'issuer', 'unknown'],
    ['transaction_not_allowed', 'issuer', 'card'],
    ['revocation_of_authorization', 'issuer', 'card'],
    ['fraudulent', 'blocked', 'unknown'],
    ['highest_risk_level', 'blocked', 'unknown'],
    ['processing_error', 'processing', 'funds'],
    ['something_new', 'unknown', 'unknown'],
  ])('answers %s, a matter of %s, with the mail for %s', (declineCode, declineClass, mail) => {
    expect(classifyDecline(declined({ declineCode })).class).toBe(declineClass)
    expect(mailFor({ declineCode })).toBe(mail)
  })

  it.each(['expired_card', 'incorrect_cvc', 'processing_error', 'incorrect_number'])(
    'understands %s without a decline code',
    (code) => {
      expect(classifyDecline(declined({ code }))).toMatchObject({ class: expect.not.stringMatching('unknown'), code })
    },
  )

  it('prefers a code that tells something to one that does not', () => {
    expect(classifyDecline(declined({ code: 'expired_card', declineCode: 'generic_decline' })).code).toBe(
      'expired_card',
    )
    expect(classifyDecline(declined({ code: 'expired_card', declineCode: 'brand_new' })).code).toBe('expired_card')
    expect(classifyDecline(declined({ code: 'card_declined', declineCode: 'generic_decline' })).code).toBe(
      'generic_decline',
    )
  })

  it('falls back on advice where the code is new, and still names the code', () => {
    const told = { code: 'card_declined', declineCode: 'brand_new' }
    expect(classifyDecline(declined({ ...told, adviceCode: 'do_not_try_again' }))).toMatchObject({ class: 'card' })
    expect(classifyDecline(declined({ ...told, adviceCode: 'confirm_card_data' }))).toMatchObject({ class: 'card' })
    expect(classifyDecline(declined({ ...told, adviceCode: 'try_again_later' }))).toEqual({
      class: 'processing',
      code: 'brand_new',
      retriedByStripe: true,
    })
  })

  it('does not let advice overrule a code that it knows', () => {
    expect(classifyDecline(declined({ declineCode: 'insufficient_funds', adviceCode: 'do_not_try_again' })).class).toBe(
      'funds',
    )
  })

  it('guesses nothing where Stripe told nothing', () => {
    const nothing = { class: 'unknown', code: null, retriedByStripe: true }
    expect(classifyDecline(null)).toEqual(nothing)
    expect(classifyDecline(declined({}))).toEqual(nothing)
  })

  it.each([
    'incorrect_number',
    'lost_card',
    'pickup_card',
    'stolen_card',
    'revocation_of_authorization',
    'revocation_of_all_authorizations',
    'authentication_required',
    'highest_risk_level',
    'transaction_not_allowed',
  ])('knows that Stripe schedules retries for %s but charges nothing', (code) => {
    expect(classifyDecline(declined({ code: 'card_declined', declineCode: code })).retriedByStripe).toBe(false)
    expect(classifyDecline(declined({ code })).retriedByStripe).toBe(false)
  })

  it('counts on the retries of everything else', () => {
    expect(classifyDecline(declined({ declineCode: 'insufficient_funds' })).retriedByStripe).toBe(true)
    expect(classifyDecline(declined({ declineCode: 'brand_new' })).retriedByStripe).toBe(true)
  })

  it('takes a payment that waits for the customer as a want of authentication', () => {
    expect(mailFor(AUTHENTICATION_REQUIRED)).toBe('authentication')
  })

  it('tells the owner why, in words', () => {
    expect(declineInWords('expired_card')).toBe('The card has expired')
    expect(declineInWords('lost_card')).toBe('The card was reported lost')
    expect(declineInWords('brand_new')).toBe('The bank declined the charge')
    expect(declineInWords('constructor')).toBe('The bank declined the charge')
    expect(declineInWords(null)).toBe('The bank declined the charge')
  })

  it.each([...CARD_CODES, ...OTHER_CODES])('words %s as a sentence without a code, a full stop or a shout', (code) => {
    expect(declineInWords(code)).toMatch(/^[A-Z][^_.!]+$/)
  })

  it.each(NEVER_TOLD)('never lets a customer know of %s', (code) => {
    expect(customerMayKnow(code)).toBe(false)
  })

  it('names only the expiry among the reasons of a card', () => {
    const told = CARD_CODES.filter((code) => classifyDecline(declined({ declineCode: code })).class === 'card')
    expect(told.filter(customerMayKnow)).toEqual(['expired_card'])
  })

  it('tells a customer nothing about a reason that it does not know', () => {
    expect(customerMayKnow(null)).toBe(false)
    fc.assert(fc.property(fc.string(), (code) => expect(customerMayKnow(`new_${code}`)).toBe(false)))
  })

  it('lets a customer know that the bank wants a confirmation, or that funds are short', () => {
    expect(customerMayKnow('authentication_required')).toBe(true)
    expect(customerMayKnow('insufficient_funds')).toBe(true)
  })
})
