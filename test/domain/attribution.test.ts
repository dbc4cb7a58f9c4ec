import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { attribute, type Evidence, type PaidBy, type PaymentTraces, paidByOf } from '../../src/domain/attribution.js'

const at = (second: number, ms = 0) => new Date(Date.UTC(2026, 10, 22, 14, 0, second, ms))
const customer = (second: number) => ({ at: at(second), by: 'customer' as const })
const network = (second: number) => ({ at: at(second), by: 'network' as const })
const paid = (by: PaidBy, second = 50) => ({ at: at(second), by })
const isAssisted = (over: Partial<Evidence>) =>
  attribute({ openedAt: [], cardChanges: [], payment: null, ...over }).assisted

describe('a recovery', () => {
  it.each<[string, boolean, Partial<Evidence>]>([
    ['we paid it with the new card', true, { payment: paid('us') }],
    ['the customer paid on session after an opening', true, { openedAt: [at(10)], payment: paid('customer') }],
    ['the customer paid on session without our link', false, { payment: paid('customer') }],
    ['the customer opened the link only after paying', false, { openedAt: [at(51)], payment: paid('customer') }],
    ['Stripe retried the same card', false, { payment: paid('retry') }],
    ['Stripe retried the same card after an opening', false, { openedAt: [at(10)], payment: paid('retry') }],
    [
      'Stripe retried with the card that the customer changed after an opening',
      true,
      { openedAt: [at(10)], cardChanges: [customer(20)], payment: paid('retry') },
    ],
    [
      'Stripe retried with a card that the customer had changed before the opening',
      false,
      { openedAt: [at(30)], cardChanges: [customer(20)], payment: paid('retry') },
    ],
    [
      'Stripe retried with a card that the customer changed by themselves',
      false,
      { cardChanges: [customer(20)], payment: paid('retry') },
    ],
    [
      'the card was changed only after Stripe’s retry had paid',
      false,
      { openedAt: [at(10)], cardChanges: [customer(55)], payment: paid('retry') },
    ],
    [
      'the network renewed the card after an opening',
      false,
      { openedAt: [at(10)], cardChanges: [network(20)], payment: paid('retry') },
    ],
    [
      'the customer changed the card after an opening, whoever charged it then',
      true,
      { openedAt: [at(10)], cardChanges: [customer(20)], payment: paid('unknown') },
    ],
    ['nobody knows who paid after an opening', false, { openedAt: [at(10)], payment: paid('unknown') }],
    [
      'it was paid outside of Stripe, whatever was opened and changed',
      false,
      { openedAt: [at(10)], cardChanges: [customer(20)], payment: paid('out_of_band') },
    ],
  ])('where %s: assisted is %s', (_, assisted, evidence) => {
    expect(isAssisted(evidence)).toBe(assisted)
  })

  it('takes what happens within one of Stripe’s whole seconds as happening in the order of a story', () => {
    const openedAt = [at(10, 900)]
    expect(isAssisted({ openedAt, cardChanges: [customer(10)], payment: paid('retry', 10) })).toBe(true)
    expect(isAssisted({ openedAt, payment: paid('customer', 10) })).toBe(true)
  })

  it('is nobody’s before it is paid', () => {
    expect(attribute({ openedAt: [at(10)], cardChanges: [customer(20)], payment: null })).toEqual({
      paidBy: null,
      assisted: false,
    })
  })
})

describe('attribution in general', () => {
  const moment = fc.integer({ min: 0, max: 59 })
  const moments = fc.array(moment.map((second) => at(second)))
  const changes = fc.array(
    fc.record({ at: moment.map((second) => at(second)), by: fc.constantFrom('customer' as const, 'network' as const) }),
  )
  const by = fc.constantFrom<PaidBy>('us', 'customer', 'retry', 'out_of_band', 'unknown')
  const payment = fc.record({ at: moment.map((second) => at(second)), by })
  const evidence = fc.record({ openedAt: moments, cardChanges: changes, payment })
  const shuffled = <T>(items: readonly T[]) => fc.shuffledSubarray([...items], { minLength: items.length })

  it('does not depend on the order in which evidence was seen, nor on seeing it twice', () => {
    const seenTwice = evidence.chain((once) =>
      fc.record({
        once: fc.constant<Evidence>(once),
        again: fc.record({
          openedAt: shuffled([...once.openedAt, ...once.openedAt]),
          cardChanges: shuffled([...once.cardChanges, ...once.cardChanges]),
          payment: fc.constant(once.payment),
        }),
      }),
    )
    fc.assert(
      fc.property(seenTwice, ({ once, again }) => {
        expect(attribute(again)).toEqual(attribute(once))
      }),
    )
  })

  it('claims nothing but our own payments without an opening before the payment', () => {
    fc.assert(
      fc.property(evidence, (all) => {
        const openedAt = all.openedAt.filter((opening) => opening > all.payment.at)
        expect(isAssisted({ ...all, openedAt })).toBe(all.payment.by === 'us')
      }),
    )
  })

  it('never takes back a claim because more was seen', () => {
    fc.assert(
      fc.property(evidence, moments, changes, (all, openings, more) => {
        if (!isAssisted(all)) return
        const openedAt = [...all.openedAt, ...openings]
        expect(isAssisted({ ...all, openedAt, cardChanges: [...all.cardChanges, ...more] })).toBe(true)
      }),
    )
  })
})

describe('who paid', () => {
  const traces = (over: Partial<PaymentTraces> = {}) =>
    paidByOf({ ourPayment: false, outOfBand: null, attemptCountWhenPaid: 2, attemptCountOfLastFailure: 2, ...over })

  it.each<[string, PaidBy, Partial<PaymentTraces>]>([
    ['we, when our own payment succeeded', 'us', { ourPayment: true, attemptCountWhenPaid: 3 }],
    ['nobody inside of Stripe, when it says so', 'out_of_band', { outOfBand: true }],
    ['Stripe’s retry, when the attempts climbed', 'retry', { outOfBand: false, attemptCountWhenPaid: 3 }],
    ['the customer, when they did not', 'customer', {}],
    ['unknown, when the attempts at payment are', 'unknown', { attemptCountWhenPaid: null }],
    ['unknown, when the attempts at the failure are', 'unknown', { attemptCountOfLastFailure: null }],
    ['unknown, when fewer attempts were counted than had failed', 'unknown', { attemptCountWhenPaid: 1 }],
  ])('is %s', (_, by, over) => {
    expect(traces(over)).toBe(by)
  })
})
