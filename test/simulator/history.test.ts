import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { History, type HistoryOptions } from './history/history.js'
import { truthOf, truthTable } from './history/truth.js'
import { type StripeSimulator, startStripe } from './index.js'

const DAY = 24 * 3_600_000
const UNTIL = Date.UTC(2026, 9, 1)

async function tell(seed: string, options: Partial<HistoryOptions> = {}): Promise<StripeSimulator> {
  const simulator = await startStripe({ seed, afterRetries: 'cancel', clock: { manual: true, now: () => UNTIL } })
  // The port is the only thing that a run chooses by itself.
  simulator.account.baseUrl = 'http://simulated'
  const history = new History(simulator, { from: UNTIL - 90 * DAY, until: UNTIL, customers: 150, ...options })
  while (history.step());
  history.end()
  await simulator.stop()
  return simulator
}

function told({ account }: StripeSimulator): string {
  const events = [...account.events.events].map(({ created, id, objectJson, previousJson, type }) =>
    [id, created, type, objectJson, previousJson].join(' '),
  )
  return [...events, truthTable(truthOf(account))].join('\n')
}

describe('a history', () => {
  it('is the same for the same seed, its truth too, to the byte, and another one for another seed', async () => {
    const [first, second, other] = [await tell('a'), await tell('a'), await tell('b')].map(told)

    expect(first!.length).toBeGreaterThan(1_000_000)
    expect(second === first).toBe(true)
    expect(other === first).toBe(false)
  })

  it('is what half a year of a business looks like: every ending happens, and every one at its time', async () => {
    const simulator = await tell('half a year', { from: UNTIL - 180 * DAY, customers: 600, failures: 0.15 })
    const { account } = simulator
    const rows = truthOf(account)

    for (const ending of ['recovered', 'returned', 'lost', 'forgiven', 'open'] as const) {
      expect([ending, rows.filter((row) => row[ending] > 0).length > 3]).toEqual([ending, true])
    }
    for (const row of rows) {
      expect(row.exposed).toBe(row.recovered + row.returned + row.lost + row.forgiven + row.open)
      const { exposed_at, forgiven_at, lost_at, recovered_at, returned_at } = row
      for (const at of [recovered_at, returned_at, lost_at, forgiven_at]) {
        if (at !== null) expect(at).toBeGreaterThanOrEqual(exposed_at)
      }
      expect([row.lost > 0, row.forgiven > 0, row.returned > 0]).toEqual([
        lost_at !== null,
        forgiven_at !== null,
        returned_at !== null,
      ])
    }
    expect(new Set(rows.map(({ currency }) => currency)).size).toBeGreaterThan(4)
    expect(new Set(rows.map(({ decline }) => decline)).size).toBeGreaterThan(12)

    const times = [...account.events.events].map(({ created }) => created)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times.at(-1)).toBeLessThanOrEqual(UNTIL / 1000)
    expect(times[0]).toBeLessThan((UNTIL - 179 * DAY) / 1000)
    const renewals = [...account.store.invoices].length
    expect(rows.length / renewals).toBeGreaterThan(0.1)
    expect(rows.length / renewals).toBeLessThan(0.25)
  })

  it('goes on where it was left once the clock is real again', async () => {
    let now = UNTIL
    const simulator = await startStripe({ seed: 'on', clock: { manual: true, now: () => now } })
    const history = new History(simulator, { from: UNTIL - 10 * DAY, until: UNTIL, customers: 100 })
    while (history.step());
    history.end()
    const before = simulator.account.store.invoices.size

    now += 10 * DAY
    simulator.account.clock.advance(0)

    expect(simulator.account.store.invoices.size).toBeGreaterThan(before)
    await simulator.stop()
  })

  it('tells when a customer comes, a minute before anything is done there', async () => {
    const visits = new Map<string, number>()
    const simulator = await startStripe({ seed: 'visits', clock: { manual: true, now: () => UNTIL } })
    const history = new History(simulator, {
      from: UNTIL - 60 * DAY,
      until: UNTIL,
      customers: 200,
      failures: 0.2,
      onVisit: ({ customer }) => visits.set(customer, simulator.account.clock.seconds()),
    })
    const saved = new Map<string, number>()
    simulator.account.events.onEvent(({ created, objectJson, type }) => {
      if (type === 'payment_method.attached') saved.set(JSON.parse(objectJson).customer, created)
    })
    while (history.step());
    await simulator.stop()

    const both = [...saved].filter(([customer]) => visits.has(customer))
    expect(both.length).toBeGreaterThan(5)
    for (const [customer, at] of both) expect(at - visits.get(customer)!).toBe(60)
  })
})

describe('the truth of one failed renewal', () => {
  let simulator: StripeSimulator
  beforeEach(async () => {
    simulator = await startStripe({ seed: 'truth', clock: { manual: true } })
  })
  afterEach(() => simulator.stop())

  const fail = () => simulator.failRenewal({ amount: 10_000 })
  const truth = () => {
    const { exposed, forgiven, lost, open, recovered, returned } = truthOf(simulator.account)[0]!
    return { exposed, recovered, returned, lost, forgiven, open }
  }
  const row = (of: object) => ({ exposed: 10_000, recovered: 0, returned: 0, lost: 0, forgiven: 0, open: 0, ...of })

  it.each<[string, (invoice: string, renewal: ReturnType<typeof fail>) => unknown, object]>([
    ['nothing more happened', () => undefined, { open: 10_000 }],
    ['it was paid', (invoice) => simulator.pay(invoice), { recovered: 10_000 }],
    ['it was paid by other means', (invoice) => simulator.payOutOfBand(invoice), { recovered: 10_000 }],
    ['a part was paid', (invoice) => simulator.payPart(invoice, 4_000), { recovered: 4_000, open: 6_000 }],
    ['it was voided', (invoice) => simulator.voidInvoice(invoice), { forgiven: 10_000 }],
    [
      'a part was paid and the rest credited',
      (invoice) => [simulator.payPart(invoice, 4_000), simulator.creditNote(invoice)],
      { recovered: 4_000, forgiven: 6_000 },
    ],
    ['it was credited', (invoice) => simulator.creditNote(invoice), { forgiven: 10_000 }],
    [
      'a part was credited and the rest paid',
      (invoice) => [simulator.creditNote(invoice, { amount: 2_500 }), simulator.pay(invoice)],
      { recovered: 7_500, forgiven: 2_500 },
    ],
    ['it was given up', (invoice) => simulator.markUncollectible(invoice), { lost: 10_000 }],
    [
      'it was given up and paid after all',
      (invoice) => [simulator.markUncollectible(invoice), simulator.pay(invoice)],
      { recovered: 10_000 },
    ],
    [
      'the subscription ended',
      (_invoice, { subscription }) => simulator.cancelSubscription(subscription.id),
      { lost: 10_000 },
    ],
    [
      'the subscription ended and it was paid after all',
      (invoice, { subscription }) => [simulator.cancelSubscription(subscription.id), simulator.pay(invoice)],
      { recovered: 10_000 },
    ],
    ['the customer was deleted', (_invoice, { customer }) => simulator.deleteCustomer(customer.id), { lost: 10_000 }],
    [
      'it was paid and refunded in part',
      (invoice) => [simulator.pay(invoice), simulator.refund(invoice, { amount: 3_000 })],
      { recovered: 7_000, returned: 3_000 },
    ],
    [
      'it was paid and the refund failed',
      (invoice) => [simulator.pay(invoice), simulator.failRefund(simulator.refund(invoice).id)],
      { recovered: 10_000 },
    ],
    [
      'it was paid and is disputed',
      (invoice) => [simulator.pay(invoice), simulator.dispute(invoice)],
      { returned: 10_000 },
    ],
    [
      'it was paid and a dispute won',
      (invoice) => [simulator.pay(invoice), simulator.closeDispute(simulator.dispute(invoice).id, 'won')],
      { recovered: 10_000 },
    ],
    [
      'it was paid and a dispute lost',
      (invoice) => [simulator.pay(invoice), simulator.closeDispute(simulator.dispute(invoice).id, 'lost')],
      { returned: 10_000 },
    ],
    [
      'it was paid and credited afterwards',
      (invoice) => [simulator.pay(invoice), simulator.creditNote(invoice, { amount: 1_000 })],
      { recovered: 9_000, returned: 1_000 },
    ],
    [
      'it was paid and credited by a refund, which counts once',
      (invoice) => [simulator.pay(invoice), simulator.creditNote(invoice, { amount: 1_000, refund: true })],
      { recovered: 9_000, returned: 1_000 },
    ],
  ])('when %s', (_what, happens, expected) => {
    const renewal = fail()

    happens(renewal.invoice.id, renewal)

    expect(truth()).toEqual(row(expected))
  })

  it('leaves out first invoices and what was billed by hand', () => {
    simulator.failRenewal({ billingReason: 'subscription_create' })
    simulator.failRenewal({ billingReason: 'manual' })
    expect(truthOf(simulator.account)).toEqual([])
  })

  it('is a table with a row each', () => {
    const { customer, invoice, subscription } = fail()
    const [head, line, end] = truthTable(truthOf(simulator.account)).split('\n')

    expect(head?.split(',').slice(0, 7)).toEqual([
      'invoice',
      'customer',
      'subscription',
      'currency',
      'decline',
      'exposed',
      'recovered',
    ])
    expect(line).toContain(
      `${invoice.id},${customer.id},${subscription.id},usd,insufficient_funds,10000,0,0,0,0,10000,`,
    )
    expect(end).toBe('')
  })
})
