import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type StripeSimulator, startStripe } from './index.js'

const DAY = 24 * 3600 * 1000

let simulator: StripeSimulator

beforeEach(async () => {
  simulator = await startStripe({ seed: 'renewals', clock: { manual: true } })
})
afterEach(() => simulator.stop())

function typesAfter(start: number): string[] {
  return [...simulator.account.events.events].slice(start).map(({ type }) => type)
}

function charges(): (string | null)[] {
  return [...simulator.account.store.charges].map((charge) => charge.outcome?.reason ?? charge.status)
}

describe('a failed renewal', () => {
  it('tells the story in events', () => {
    simulator.failRenewal()

    expect(typesAfter(0)).toEqual([
      'invoice.created',
      'customer.subscription.updated',
      'invoice.finalized',
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
      'invoice.payment_failed',
      'customer.subscription.updated',
    ])
  })

  it('is retried on schedule until the schedule is used up', () => {
    const { invoice, subscription } = simulator.failRenewal()

    for (const days of [1, 3, 5]) {
      simulator.account.clock.advance(days * DAY)
      expect(invoice.next_payment_attempt).not.toBeNull()
    }
    simulator.account.clock.advance(7 * DAY)

    expect(invoice.attempt_count).toBe(5)
    expect(charges()).toHaveLength(5)
    expect([invoice.status, invoice.next_payment_attempt, subscription.status]).toEqual(['open', null, 'past_due'])
  })

  it('comes back by a retry once the card works again', () => {
    const { invoice, subscription } = simulator.failRenewal({ worksFromAttempt: 2 })
    const before = simulator.account.events.events.size

    simulator.account.clock.advance(DAY)

    expect([invoice.status, invoice.amount_paid, subscription.status]).toEqual(['paid', invoice.amount_due, 'active'])
    expect(typesAfter(before)).toEqual([
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
      'customer.subscription.updated',
    ])
    expect(simulator.account.clock.advanceToNext()).toBe(false)
  })

  it.each(['lost_card', 'stolen_card', 'incorrect_number', 'authentication_required', 'highest_risk_level'])(
    'is scheduled and never executed with the same card after %s',
    (declineCode) => {
      const { customer, invoice } = simulator.failRenewal({ declineCode })

      simulator.account.clock.advance(DAY)
      expect([invoice.attempt_count, charges().length]).toEqual([2, 1])
      expect(invoice.next_payment_attempt).not.toBeNull()

      simulator.saveCard(customer.id)
      simulator.account.clock.advance(3 * DAY)
      expect([invoice.attempt_count, charges().length, invoice.status]).toEqual([3, 2, 'paid'])
    },
  )

  it('keeps charging the old card of a subscription that has its own', () => {
    const { customer, invoice } = simulator.failRenewal({ ownCard: true })
    simulator.saveCard(customer.id)

    simulator.account.clock.advance(DAY)

    expect(invoice.status).toBe('open')
    expect(charges()).toEqual(['insufficient_funds', 'insufficient_funds'])
  })

  it('asks for the customer when the bank wants authentication', () => {
    const { invoice } = simulator.failRenewal({ declineCode: 'authentication_required' })

    expect(typesAfter(0)).toContain('invoice.payment_action_required')
    expect(simulator.account.store.intentOf(invoice.id)?.status).toBe('requires_action')
  })

  it.each([
    ['cancel', 'canceled', 'customer.subscription.deleted'],
    ['unpaid', 'unpaid', 'customer.subscription.updated'],
  ] as const)('ends as the account wants it: %s', async (afterRetries, status, event) => {
    const other = await startStripe({ afterRetries, retrySchedule: [DAY], clock: { manual: true } })
    const { subscription } = other.failRenewal()

    other.account.clock.advance(DAY)

    expect(subscription.status).toBe(status)
    expect([...other.account.events.events].at(-1)?.type).toBe(event)
    await other.stop()
  })

  it('tells of the next attempt only later in accounts on billing automations', async () => {
    const other = await startStripe({ billingAutomations: true })
    other.failRenewal()

    const events = [...other.account.events.events]
    const failed = JSON.parse(events.find(({ type }) => type === 'invoice.payment_failed')?.objectJson ?? '')
    const updated = JSON.parse(events.find(({ type }) => type === 'invoice.updated')?.objectJson ?? '')

    expect(failed.next_payment_attempt).toBeNull()
    expect(updated.next_payment_attempt).toBeGreaterThan(0)
    await other.stop()
  })

  it('is retried by itself when the clock runs', async () => {
    const fast = await startStripe({ clock: { speed: DAY / 50 } })
    const { invoice } = fast.failRenewal({ worksFromAttempt: 2 })

    const wait = new Promise((resolve) =>
      fast.account.events.onEvent(({ type }) => type === 'invoice.paid' && resolve(0)),
    )
    await wait

    expect(invoice.status).toBe('paid')
    await fast.stop()
  })

  it('has customers in currencies of every exponent', () => {
    const currencies = new Set(Array.from({ length: 60 }, () => simulator.failRenewal().invoice.currency))

    expect([...currencies].sort()).toEqual(['eur', 'gbp', 'isk', 'jpy', 'kwd', 'ugx', 'usd'])
  })
})

describe('a seed', () => {
  async function story(seed: string): Promise<string> {
    const now = () => 1_790_000_000_000
    const told = await startStripe({ seed, clock: { manual: true, now } })
    // The port is the only thing that a run chooses by itself.
    told.account.baseUrl = 'http://simulated'
    for (const declineCode of ['insufficient_funds', 'lost_card', 'expired_card']) {
      const { customer, invoice } = told.failRenewal({ declineCode })
      told.saveCard(customer.id)
      told.retry(invoice.id)
    }
    await told.stop()
    return [...told.account.events.events].map(({ id, objectJson, type }) => `${id} ${type} ${objectJson}`).join('\n')
  }

  it('tells the same story twice, to the byte', async () => {
    expect(await story('a')).toBe(await story('a'))
  })

  it('tells another story than another seed', async () => {
    expect(await story('a')).not.toBe(await story('b'))
  })
})
