import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  type CaseState,
  endingOf,
  type Failure,
  figuresOf,
  type InvoiceSight,
  type InvoiceStatus,
  type Observation,
  observe,
  openCase,
} from '../../src/domain/case.js'

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 14, 0, second))
const aFailure = (second = 0, over: Partial<Failure> = {}): Failure => ({
  at: at(second),
  amountRemaining: 4900,
  amountPaid: 0,
  amountCredited: 0,
  ...over,
})
const failed = (second: number, over: Partial<Failure> = {}): Observation => ({
  kind: 'failure',
  failure: aFailure(second, over),
})
const seen = (second: number, status: InvoiceStatus, over: Partial<InvoiceSight> = {}): Observation => ({
  kind: 'invoice',
  invoice: {
    asOf: at(second),
    status,
    amountRemaining: status === 'paid' ? 0 : 4900,
    amountPaid: status === 'paid' ? 4900 : 0,
    amountCredited: 0,
    settledAt: null,
    attemptCount: 1,
    ...over,
  },
})
const part = (second: number, amountPaid: number) =>
  seen(second, 'open', { amountPaid, amountRemaining: 4900 - amountPaid })
const reversed = (key: string, second: number, amount: number, isFinal = false): Observation => ({
  kind: 'reversal',
  reversal: { key, amount, asOf: at(second), isFinal },
})
const subscription = (second: number, { ended = false, paused = false } = {}): Observation => ({
  kind: 'subscription',
  subscription: { asOf: at(second), endedAt: ended ? at(second) : null, isPaused: paused },
})
const dismissed = (second: number): Observation => ({ kind: 'dismissal', at: at(second) })

const having = (...observations: Observation[]) => observations.reduce(observe, openCase(aFailure()))
const NOTHING = { recovered: 0, returned: 0, lost: 0, forgiven: 0, dismissed: 0, open: 0 }
const outcome = (state: CaseState) => endingOf(state)?.outcome ?? null

describe('a case', () => {
  it('puts at risk what remained at the first failure', () => {
    expect(figuresOf(having())).toEqual({ exposure: 4900, ...NOTHING, open: 4900 })
    expect(outcome(having())).toBeNull()
  })

  it('begins at the earliest failure, also when that is seen last', () => {
    const late = openCase(aFailure(60, { amountRemaining: 3000, amountPaid: 1900 }))
    const known = [part(60, 1900), seen(90, 'paid')].reduce(observe, late)

    expect(figuresOf(known)).toMatchObject({ exposure: 3000, recovered: 3000 })
    expect(figuresOf(observe(known, failed(10)))).toMatchObject({ exposure: 4900, recovered: 4900 })
    expect(observe(known, failed(70, { amountRemaining: 100 }))).toEqual(known)
  })

  it('comes back whole when its invoice is paid, whenever that is seen', () => {
    for (const second of [20, 60]) {
      const paid = having(seen(50, 'open'), seen(second, 'paid'))
      expect(figuresOf(paid)).toEqual({ exposure: 4900, ...NOTHING, recovered: 4900 })
      expect(endingOf(paid)).toEqual({ outcome: 'recovered', at: at(second) })
    }
  })

  it('counts an invoice as paid in full whose old payload counts nothing that came out of band', () => {
    const paid = having(seen(30, 'paid', { amountPaid: 0, amountRemaining: 4900 }))
    expect(figuresOf(paid)).toMatchObject({ recovered: 4900, open: 0 })
  })

  it('is not opened again by anything that is seen after it was paid', () => {
    const paid = having(seen(30, 'paid'))
    for (const more of [seen(40, 'open'), seen(40, 'void'), failed(40), subscription(40, { ended: true })]) {
      expect(figuresOf(observe(paid, more))).toMatchObject({ recovered: 4900, open: 0 })
      expect(endingOf(observe(paid, more))).toEqual({ outcome: 'recovered', at: at(30) })
    }
  })

  it('is lost when Stripe gives the invoice up, and comes back if it is paid after all', () => {
    const lost = having(seen(30, 'uncollectible'))
    expect(figuresOf(lost)).toMatchObject({ lost: 4900, recovered: 0 })
    expect(endingOf(lost)).toEqual({ outcome: 'lost', at: at(30) })
    expect(endingOf(observe(lost, seen(90, 'paid')))).toEqual({ outcome: 'recovered', at: at(90) })
  })

  it('is lost with its subscription, and still comes back when it is paid', () => {
    const lost = having(subscription(30, { ended: true }))
    expect(outcome(lost)).toBe('lost')
    expect(figuresOf(observe(lost, seen(90, 'paid')))).toMatchObject({ recovered: 4900, lost: 0 })
  })

  it('closes when Stripe says it did, where Stripe says so', () => {
    expect(endingOf(having(seen(40, 'void', { settledAt: at(30) })))).toEqual({ outcome: 'forgiven', at: at(30) })
  })

  it('gives what was paid in part to recovered, and the rest whole to the outcome', () => {
    expect(figuresOf(having(part(30, 1900)))).toMatchObject({ recovered: 1900, open: 3000 })
    const givenUp = having(part(30, 1900), seen(40, 'uncollectible', { amountPaid: 1900, amountRemaining: 3000 }))
    expect(figuresOf(givenUp)).toMatchObject({ recovered: 1900, lost: 3000, open: 0 })
  })

  it('counts from the failure: what was paid or credited before is no recovery', () => {
    const state = openCase(aFailure(0, { amountRemaining: 3000, amountPaid: 1000, amountCredited: 900 }))
    const paid = observe(state, seen(30, 'paid', { amountPaid: 4000, amountCredited: 900 }))
    expect(figuresOf(paid)).toEqual({ exposure: 3000, ...NOTHING, recovered: 3000 })
  })

  it('forgives what is credited before payment, all or a part', () => {
    const credited = seen(30, 'open', { amountCredited: 1900, amountRemaining: 3000 })
    expect(figuresOf(having(credited))).toMatchObject({ forgiven: 1900, open: 3000 })
    const rest = seen(40, 'paid', { amountCredited: 1900, amountPaid: 3000 })
    expect(figuresOf(having(credited, rest))).toEqual({ exposure: 4900, ...NOTHING, forgiven: 1900, recovered: 3000 })
    const all = having(seen(30, 'paid', { amountCredited: 4900, amountPaid: 0 }))
    expect(outcome(all)).toBe('forgiven')
    expect(figuresOf(all)).toMatchObject({ forgiven: 4900, recovered: 0 })
  })

  it('takes a credit back that was voided', () => {
    const credited = seen(30, 'open', { amountCredited: 1900, amountRemaining: 3000 })
    expect(figuresOf(having(credited, seen(40, 'open')))).toMatchObject({ forgiven: 0, open: 4900 })
    expect(figuresOf(having(seen(40, 'open'), credited))).toMatchObject({ forgiven: 0, open: 4900 })
  })

  it('says what came back and went again, at most what was paid', () => {
    const refunded = having(seen(30, 'paid'), reversed('re_1', 40, 1000))
    expect(figuresOf(refunded)).toMatchObject({ recovered: 3900, returned: 1000 })
    expect(outcome(refunded)).toBe('recovered')
    expect(figuresOf(observe(refunded, reversed('du_1', 50, 4900)))).toMatchObject({ recovered: 0, returned: 4900 })
  })

  it('moves the money back when a refund fails or a dispute is won, whatever is seen first', () => {
    const paid = having(seen(30, 'paid'))
    const won = [reversed('du_1', 40, 4900), reversed('du_1', 50, 0, true)]
    for (const verdict of [won, won.toReversed()]) {
      expect(figuresOf(verdict.reduce(observe, paid))).toMatchObject({ recovered: 4900, returned: 0 })
    }
    const failedRefund = [reversed('evt_1', 40, 1000, true), reversed('re_1', 45, -1000, true)]
    expect(figuresOf(failedRefund.reduce(observe, paid))).toMatchObject({ recovered: 4900, returned: 0 })
  })

  it('keeps the owner’s word until it is paid', () => {
    const closed = having(dismissed(20), seen(30, 'void'))
    expect(outcome(closed)).toBe('dismissed')
    expect(figuresOf(closed)).toMatchObject({ dismissed: 4900, forgiven: 0 })
    expect(outcome(observe(closed, seen(40, 'paid')))).toBe('recovered')
  })

  it('is held while its subscription is paused', () => {
    const paused = having(subscription(30, { paused: true }))
    expect(paused.subscription?.isPaused).toBe(true)
    expect(outcome(paused)).toBeNull()
    expect(observe(paused, subscription(40)).subscription?.isPaused).toBe(false)
    expect(observe(paused, subscription(20)).subscription?.isPaused).toBe(true)
  })

  it('knows how often Stripe had tried before it was paid', () => {
    const state = having(seen(10, 'open', { attemptCount: 2 }), seen(30, 'paid', { attemptCount: 3 }))
    expect(state.invoice).toMatchObject({ attemptsUnpaid: 2, attemptsPaid: 3 })
  })
})

describe('whatever the order of arrival', () => {
  const second = fc.integer({ min: 0, max: 12 })
  const amount = fc.integer({ min: 0, max: 6000 })
  const status = fc.constantFrom<InvoiceStatus>('draft', 'open', 'uncollectible', 'void', 'paid')
  const observation: fc.Arbitrary<Observation> = fc.oneof(
    fc.record({
      kind: fc.constant('failure' as const),
      failure: fc.record({
        at: second.map(at),
        amountRemaining: fc.integer({ min: 1, max: 6000 }),
        amountPaid: amount,
        amountCredited: amount,
      }),
    }),
    fc.record({
      kind: fc.constant('invoice' as const),
      invoice: fc.record({
        asOf: second.map(at),
        status,
        amountRemaining: amount,
        amountPaid: amount,
        amountCredited: amount,
        settledAt: fc.option(second.map(at)),
        attemptCount: fc.nat(5),
      }),
    }),
    fc.tuple(second, fc.boolean(), fc.boolean()).map(([s, ended, paused]) => subscription(s, { ended, paused })),
    fc
      .tuple(fc.constantFrom('re_1', 're_2', 'du_1'), second, fc.integer({ min: -3000, max: 6000 }), fc.boolean())
      .map(([key, s, much, isFinal]) => reversed(key, s, much, isFinal)),
    second.map(dismissed),
  )
  const shuffledTwice = (observations: readonly Observation[], luck: readonly number[]) =>
    [...observations, ...observations]
      .map((one, index) => ({ one, key: luck[index % luck.length]! * ((index * 7919) % 101) }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ one }) => one)

  it('ends in the same state, however strange the set, seen once or twice', () => {
    fc.assert(
      fc.property(
        fc.array(observation, { maxLength: 12 }),
        fc.array(fc.nat(1000), { minLength: 30, maxLength: 30 }),
        (set, luck) => {
          // Opened by whichever failure is processed first.
          const first = openCase(aFailure(5))
          const second = openCase(aFailure(5))
          expect(shuffledTwice(set, luck).reduce(observe, second)).toEqual(set.reduce(observe, first))
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('accounts for the exposure to the cent after every single sight', () => {
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 15 }), (set) => {
        let state = openCase(aFailure(5))
        for (const one of set) {
          state = observe(state, one)
          const { exposure, ...parts } = figuresOf(state)
          expect(Object.values(parts).reduce((sum, each) => sum + each, 0)).toBe(exposure)
          expect(Math.min(...Object.values(parts))).toBeGreaterThanOrEqual(0)
          expect(parts.open > 0 ? outcome(state) : null).toBeNull()
        }
      }),
      { numRuns: 2000 },
    )
  })
})
