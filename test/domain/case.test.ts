import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { applyFailure, applySnapshot, type CaseState, type InvoiceSnapshot, openCase } from '../../src/domain/case.js'

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 14, 0, second))
const failure = (second: number, amountRemaining = 4900) => ({ at: at(second), amountRemaining })
const snapshot = (second: number, status: InvoiceSnapshot['status'], amountRemaining = 4900): InvoiceSnapshot => ({
  asOf: at(second),
  status,
  amountRemaining,
})

describe('a case', () => {
  it('puts at risk what remained at the first failure', () => {
    expect(openCase(failure(0))).toMatchObject({ exposure: 4900, amountRemaining: 4900, recovered: 0, outcome: null })
  })

  it('comes back whole when its invoice is paid, whenever that is seen', () => {
    const open = applySnapshot(openCase(failure(10)), snapshot(50, 'open'))
    const paid = { outcome: 'recovered', recovered: 4900, amountRemaining: 0 }

    expect(applySnapshot(open, snapshot(60, 'paid', 0))).toMatchObject(paid)
    expect(applySnapshot(open, snapshot(20, 'paid', 0))).toMatchObject(paid)
  })

  it('is not opened again by anything that is seen after it was paid', () => {
    const paid = applySnapshot(openCase(failure(0)), snapshot(30, 'paid', 0))
    expect(applySnapshot(paid, snapshot(40, 'open'))).toMatchObject({ outcome: 'recovered', amountRemaining: 0 })
    expect(applySnapshot(paid, snapshot(40, 'void'))).toMatchObject({ outcome: 'recovered' })
  })

  it('is lost when Stripe gives the invoice up, and comes back if it is paid after all', () => {
    const lost = applySnapshot(openCase(failure(0)), snapshot(30, 'uncollectible'))
    expect(lost).toMatchObject({ outcome: 'lost', closedAt: at(30), recovered: 0 })
    expect(applySnapshot(lost, snapshot(90, 'paid', 0))).toMatchObject({ outcome: 'recovered', closedAt: at(90) })
  })

  it('is forgiven when the invoice is voided', () => {
    expect(applySnapshot(openCase(failure(0)), snapshot(30, 'void'))).toMatchObject({
      outcome: 'forgiven',
      recovered: 0,
    })
  })

  it('follows a partial payment, and no older sight of the invoice', () => {
    const part = applySnapshot(openCase(failure(0)), snapshot(30, 'open', 1900))
    expect(part).toMatchObject({ amountRemaining: 1900, exposure: 4900 })
    expect(applySnapshot(part, snapshot(20, 'open', 4900))).toMatchObject({ amountRemaining: 1900 })
  })

  it('begins at the earliest failure, also when that is seen last', () => {
    const late = openCase(failure(60, 3000))
    expect(applyFailure(late, failure(10, 4900))).toMatchObject({ failedAt: at(10), exposure: 4900 })
    expect(applyFailure(late, failure(90, 100))).toEqual(late)
  })
})

describe('whatever the order of arrival', () => {
  /** A believable life: failures, looks at the open invoice, and at most one end. */
  const life = fc.record({
    failures: fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 4 }),
    looks: fc.array(fc.integer({ min: 0, max: 39 }), { maxLength: 4 }),
    end: fc.constantFrom<InvoiceSnapshot['status']>('paid', 'void', 'uncollectible', null),
    paidAfterAll: fc.boolean(),
  })

  type Sight = (state: CaseState) => CaseState

  it('ends in the same state', () => {
    fc.assert(
      fc.property(life, fc.infiniteStream(fc.nat()), ({ failures, looks, end, paidAfterAll }, luck) => {
        const sights: Sight[] = [
          ...failures.map((second) => (state: CaseState) => applyFailure(state, failure(second))),
          ...looks.map((second) => (state: CaseState) => applySnapshot(state, snapshot(second, 'open'))),
        ]
        if (end) sights.push((state) => applySnapshot(state, snapshot(40, end, end === 'paid' ? 0 : 4900)))
        if (end === 'uncollectible' && paidAfterAll) {
          sights.push((state) => applySnapshot(state, snapshot(50, 'paid', 0)))
        }
        const inOrder = sights.reduce((state, sight) => sight(state), openCase(failure(Math.min(...failures))))
        const twice = [...sights, ...sights]
        const shuffled = twice
          .map((sight) => ({ sight, key: luck.next().value ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .reduce((state, { sight }) => sight(state), openCase(failure(failures[0] ?? 0)))

        const { asOf: _, closedAt: __, ...expected } = inOrder
        expect(shuffled).toMatchObject(expected)
      }),
    )
  })

  it('never recovers more than was exposed', () => {
    fc.assert(
      fc.property(
        fc.nat(1_000_000),
        fc.array(fc.tuple(fc.nat(50), fc.constantFrom('open', 'paid', 'void'))),
        (amount, steps) => {
          let state = openCase(failure(0, amount + 1))
          for (const [second, status] of steps) {
            state = applySnapshot(state, snapshot(second, status as InvoiceSnapshot['status'], amount))
            expect(state.recovered).toBeLessThanOrEqual(state.exposure)
            expect(state.recovered === 0 || state.outcome === 'recovered').toBe(true)
          }
        },
      ),
    )
  })
})
