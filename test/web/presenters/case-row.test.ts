import { describe, expect, it } from '@jest/globals'
import { presentCaseRow } from '../../../src/web/presenters/case-row.js'
import type { CaseData, TouchData } from '../../../src/web/presenters/rows.js'
import {
  aCase,
  aRecoveredCase,
  aSentTouch,
  aSkippedTouch,
  aTouch,
  aView,
  DAY,
  HOUR,
  inMinutes,
  minutesAgo,
} from './factories.js'

const stateOf = (row: CaseData, touches: TouchData[] = [aSentTouch()], view = aView()) =>
  presentCaseRow(row, touches, view).state
const wordsOf = (row: CaseData) => stateOf(row).words
const nextOf = (row: CaseData, touches: TouchData[], view = aView()) => presentCaseRow(row, touches, view).next

describe('the state of a case', () => {
  it('is words with an age', () => {
    expect(wordsOf(aCase())).toBe('41m since failure')
    expect(wordsOf(aCase({ decline_class: 'authentication', failed_at: minutesAgo(14) }))).toBe(
      '14m since action required',
    )
    expect(wordsOf(aRecoveredCase())).toBe('Recovered in 32m')
  })

  it.each([
    ['lost', 21 * DAY, 'Lost after 21d'],
    ['forgiven', 3 * DAY, 'Forgiven after 3d'],
    ['dismissed', 2 * HOUR, 'Dismissed after 2h'],
  ] as const)('says how long it took until it was %s', (outcome, minutes, words) => {
    expect(wordsOf(aCase({ outcome, failed_at: minutesAgo(minutes), closed_at: minutesAgo(0) }))).toBe(words)
  })

  it('keeps the exact time of the failure', () => {
    expect(stateOf(aCase())).toMatchObject({
      at: '2026-11-22T13:19:00.000Z',
      exact: 'Sunday 22 November 2026, 14:19:00',
    })
  })

  it('fills a quarter of the ring for each mail that is out', () => {
    const mails = [aSentTouch(), aSentTouch({ step: 1 }), aSentTouch({ step: 2 }), aSentTouch({ step: 3 })]
    expect(stateOf(aCase(), mails.slice(0, 1)).glyph).toBe('open-1')
    expect(stateOf(aCase(), mails.slice(0, 3)).glyph).toBe('open-3')
    expect(stateOf(aCase(), [...mails, aSentTouch({ step: 4 })]).glyph).toBe('open-4')
    expect(stateOf(aCase(), [], aView({ promptsOn: false })).glyph).toBe('open-0')
  })

  it('calls for attention when a mail was not sent, is late, or nobody answered for a week', () => {
    expect(stateOf(aCase(), [aSkippedTouch('no_address')]).tone).toBe('attention')
    expect(stateOf(aCase(), [aTouch({ due_at: minutesAgo(6) })]).tone).toBe('attention')
    expect(stateOf(aCase(), [aTouch({ due_at: minutesAgo(4) })]).tone).not.toBe('attention')
    const old = aCase({ opened_at: minutesAgo(9 * DAY) })
    expect(stateOf(old, [aSentTouch({ sent_at: minutesAgo(8 * DAY) })]).tone).toBe('attention')
    expect(stateOf(old, [aSentTouch({ sent_at: minutesAgo(6 * DAY) })]).tone).not.toBe('attention')
    expect(stateOf(old, []).tone).toBe('attention')
    expect(stateOf({ ...old, reminders_stopped_at: minutesAgo(8 * DAY) }, []).tone).toBe('attention')
    expect(stateOf({ ...old, next_attempt_at: inMinutes(DAY) }, []).tone).not.toBe('attention')
    expect(stateOf({ ...old, next_attempt_at: minutesAgo(DAY) }, []).tone).not.toBe('attention')
    expect(stateOf({ ...old, paused_at: minutesAgo(8 * DAY) }, []).tone).not.toBe('attention')
  })
})

describe('the next step of a case', () => {
  it('is the first mail while that is due', () => {
    expect(nextOf(aCase(), [aTouch()]).text).toBe('First mail goes out now')
    expect(nextOf(aCase(), [aTouch({ mail_id: 'mail' })]).text).toBe('First mail is being sent')
  })

  it('is the mail that is sent where several are due, and none while prompts are off', () => {
    const touches = [
      aSentTouch(),
      aTouch({ step: 1, due_at: minutesAgo(3) }),
      aTouch({ step: 2, template: 'final_notice', due_at: minutesAgo(2) }),
    ]
    expect(nextOf(aCase(), touches).text).toBe('Last mail goes out now')
    expect(nextOf(aCase(), touches, aView({ promptsOn: false })).text).toBe('Prompts are off, nothing is sent')
    expect(nextOf(aCase(), [aTouch()], aView({ promptsOn: false })).text).toBe('Prompts are off: nobody has written')
    expect(stateOf(aCase(), touches, aView({ promptsOn: false })).tone).not.toBe('attention')
  })

  it('says when the first mail is late', () => {
    expect(nextOf(aCase(), [aTouch({ due_at: minutesAgo(12) })]).text).toBe('First mail is late: due 12m ago')
  })

  it('admits that nobody knows the fate of a mail that was never answered', () => {
    const fixed = aTouch({ mail_id: 'mail', due_at: minutesAgo(20) })
    expect(nextOf(aCase(), [fixed]).text).toBe('First mail is tried again: the mail provider does not answer')
    const givenUp = { ...fixed, due_at: minutesAgo(25 * HOUR) }
    expect(nextOf(aCase(), [givenUp])).toEqual({
      text: 'First mail: sent or not, nobody knows',
      second: 'The mail provider can tell',
    })
    expect(nextOf(aCase(), [givenUp, aSentTouch({ step: 1 })]).text).toBe('Waiting for the customer')
  })

  it('names the nearer of our reminder and Stripe’s attempt, and the other below', () => {
    const touches = [aSentTouch(), aTouch({ step: 1, due_at: inMinutes(23 * HOUR) })]
    expect(nextOf(aCase(), touches)).toEqual({ text: 'Reminder in 23h', second: null })
    expect(nextOf(aCase({ next_attempt_at: inMinutes(2 * DAY) }), touches)).toEqual({
      text: 'Reminder in 23h',
      second: 'Stripe retries Tue 24 Nov, 15:00',
    })
    expect(nextOf(aCase({ next_attempt_at: inMinutes(HOUR) }), touches)).toEqual({
      text: 'Stripe retries Sun 22 Nov, 16:00',
      second: 'Then reminder in 23h',
    })
  })

  it('waits for the customer when nothing else is planned', () => {
    expect(nextOf(aCase(), [aSentTouch()]).text).toBe('Waiting for the customer')
    expect(nextOf(aCase({ next_attempt_at: minutesAgo(5) }), [aSentTouch()]).text).toBe('Waiting for the customer')
  })

  it('does not promise a retry that Stripe will not charge', () => {
    const lostCard = aCase({ decline_code: 'lost_card', next_attempt_at: inMinutes(2 * DAY) })
    expect(nextOf(lostCard, [aSentTouch()])).toEqual({
      text: 'Waiting for the customer',
      second: 'Stripe retries only with another card',
    })
  })

  it('says why nobody has written', () => {
    expect(nextOf(aCase(), [], aView({ promptsOn: false })).text).toBe('Prompts are off: nobody has written')
    expect(nextOf(aCase(), []).text).toBe('Nobody has written, and no mail is planned')
  })

  it.each([
    ['no_address', 'Stripe has no mail address for this customer'],
    ['address_unusable', 'The customer’s mail address cannot be written to'],
    ['mail_not_set_up', 'Mail is not set up, so nothing was sent'],
    ['mail_not_rendered', 'The mail could not be written, so nothing was sent'],
    ['mail_refused', 'The mail provider refused the mail'],
    ['reminders_stopped', 'The customer stopped reminders for this invoice'],
    ['a_reason_of_tomorrow', 'Nothing was sent'],
  ])('says in words that a mail was skipped for %s', (reason, words) => {
    expect(nextOf(aCase(), [aSkippedTouch(reason)]).text).toBe(words)
  })

  it('respects that the customer stopped reminders', () => {
    const stopped = aCase({ reminders_stopped_at: minutesAgo(5) })
    expect(nextOf(stopped, [aSentTouch()]).text).toBe('The customer stopped reminders for this invoice')
    expect(stateOf(stopped).glyph).toBe('paused')
  })

  it('says how a closed case ended', () => {
    expect(nextOf(aRecoveredCase(), [aSentTouch()])).toEqual({ text: null, second: 'Paid after 1 mail' })
    expect(nextOf(aRecoveredCase(), [aSentTouch(), aSentTouch({ step: 1_000, template: 'thank_you' })]).second).toBe(
      'Paid after 1 mail',
    )
    expect(nextOf(aRecoveredCase(), [])).toEqual({ text: null, second: 'Paid, without a mail from us' })
  })
})

describe('a line of the list', () => {
  it.each([
    ['usd', 149_000, '$1,490', '.00'],
    ['jpy', 500, '¥500', ''],
    ['kwd', 1_234_567, 'KWD\u00a01,234', '.567'],
  ])('shows the decimals that %s has, apart', (currency, exposure, whole, cents) => {
    const { exposed } = presentCaseRow(aCase({ currency, exposure }), [], aView())
    expect(exposed).toMatchObject({ whole, cents, after: '' })
  })

  it('writes amounts as the reader’s locale does', () => {
    const { exposed } = presentCaseRow(aCase({ currency: 'eur' }), [], aView({ locale: 'de' }))
    expect(exposed).toMatchObject({ whole: '1.490', cents: ',00', after: '\u00a0€' })
  })

  it('says the decline in words, its code beside it', () => {
    expect(presentCaseRow(aCase(), [], aView()).decline).toEqual({
      words: 'The card has expired',
      code: 'expired_card',
    })
    const unknown = aCase({ decline_class: 'unknown', decline_code: null })
    expect(presentCaseRow(unknown, [], aView()).decline).toEqual({ words: 'Stripe gave no reason', code: null })
  })

  it('finds a name for a customer without one', () => {
    expect(presentCaseRow(aCase({ customer_name: null }), [], aView()).customer).toBe('ap@cloudsmith.example')
    expect(presentCaseRow(aCase({ customer_name: ' ', customer_email: null }), [], aView()).customer).toBe(
      'Customer without a name',
    )
  })
})
