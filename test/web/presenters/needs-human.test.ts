import { describe, expect, it } from '@jest/globals'
import type { HumanNeed } from '../../../src/db/queries/needs-human.js'
import { HUMAN_REASONS } from '../../../src/domain/needs-human.js'
import { presentNeeds } from '../../../src/web/presenters/needs-human.js'
import { aView, DAY, minutesAgo } from './factories.js'

const CASE = '0d5c4f5e-9d5b-4c43-8f5e-0b4a3f6f2c11'

const aNeed = (over: Partial<HumanNeed> = {}): HumanNeed => ({
  reason: 'stalled',
  since: minutesAgo(9 * DAY),
  detail: '4',
  caseId: CASE,
  amount: 24_900,
  currency: 'usd',
  customerName: 'Tidewater',
  customerEmail: 'ap@tidewater.example',
  stripeCustomerId: 'cus_1',
  stripeSubscriptionId: 'sub_1',
  ...over,
})

function lineOf(over: Partial<HumanNeed> = {}, mode: 'test' | 'live' = 'live') {
  const [line] = presentNeeds({ needs: [aNeed(over)], total: 1 }, { mode }, aView()).needs
  if (!line) throw new Error('There is no line')
  return line
}

describe('a line of what needs a human', () => {
  it('says who, how much, since when, why, and what to do', () => {
    expect(lineOf()).toMatchObject({
      who: 'Tidewater',
      href: `/app/cases/${CASE}`,
      amount: { text: '$249.00' },
      age: '9d',
      exact: 'Friday 13 November 2026, 15:00:00',
      why: '4 mails, no answer. Nothing is planned, and Stripe will not try again.',
      todo: 'Write to them yourself, or dismiss the case.',
      action: { label: 'Open the case', href: `/app/cases/${CASE}` },
    })
  })

  it.each([
    ['0', 'Nobody has written.'],
    ['1', 'One mail, no answer.'],
  ])('counts %s mails in words', (detail, words) => {
    expect(lineOf({ detail }).why).toContain(words)
  })

  it.each([
    ['bounced', 'Mail bounced'],
    ['complained', 'marked our mail as spam'],
    ['suppressed', 'no longer delivers'],
  ])('tells %s from other ends of an address', (detail, words) => {
    expect(lineOf({ reason: 'suppressed', detail }).why).toContain(words)
  })

  it('asks to look before charging twice, where nobody knows whether the card was charged', () => {
    expect(lineOf({ reason: 'card_updated', detail: 'unknown' }).todo).toContain('before you charge again')
    expect(lineOf({ reason: 'card_updated', detail: 'switched_off' })).toMatchObject({
      why: 'Card updated, invoice still open: paying with new cards is switched off.',
      todo: 'Charge the new card now.',
      action: { label: 'Retry payment', href: `/app/cases/${CASE}` },
    })
  })

  it('has words and somewhere to go for every reason, whatever the detail', () => {
    for (const reason of HUMAN_REASONS) {
      for (const detail of [null, 'something new']) {
        const { why, todo, action } = lineOf({ reason, detail })
        expect([reason, why]).toEqual([reason, expect.stringMatching(/^[A-Z].*\.$/)])
        expect([reason, todo]).toEqual([reason, expect.stringMatching(/^[A-Z].*\.$/)])
        expect(action.href).toMatch(/^(https:\/\/dashboard\.stripe\.com)?\/[\w/-]+/)
      }
    }
  })

  it.each([
    [{ reason: 'dispute', detail: 'du_1' }, 'disputes/du_1'],
    [{ reason: 'no_address', detail: null }, 'customers/cus_1'],
    [{ reason: 'pinned', detail: null }, 'subscriptions/sub_1'],
  ] as const)('leads into Stripe, in the mode of the key: %o', (over, path) => {
    expect(lineOf(over).action.href).toBe(`https://dashboard.stripe.com/${path}`)
    expect(lineOf(over, 'test').action.href).toBe(`https://dashboard.stripe.com/test/${path}`)
  })

  it('leads to the case where Stripe’s dashboard has no page for the customer', () => {
    expect(lineOf({ reason: 'no_address', detail: null, stripeCustomerId: 'acct_1' }).action).toEqual({
      label: 'Open the case',
      href: `/app/cases/${CASE}`,
    })
  })

  it('names the key where it is of no customer', () => {
    const nobody = { caseId: null, amount: null, currency: null, customerName: null, customerEmail: null }
    expect(lineOf({ reason: 'key_refused', detail: null, ...nobody })).toMatchObject({
      who: 'Your Stripe key',
      href: null,
      amount: null,
      action: { label: 'Enter a new key', href: '/onboarding/stripe' },
    })
  })
})
