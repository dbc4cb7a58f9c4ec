import { describe, expect, it } from '@jest/globals'
import {
  type ChargeRecord,
  type Diagnosis,
  type Dossier,
  diagnose,
  type Exclusion,
  type InvoiceRecord,
  PARTS,
  type Part,
  type PaymentRecord,
} from '../../src/domain/diagnosis.js'

const DAY = 86_400
const FAILED_AT = 1_790_000_000
const DECLINED = {
  code: 'card_declined',
  declineCode: 'insufficient_funds',
  adviceCode: null,
  networkAdviceCode: null,
  networkDeclineCode: null,
}

const invoice = (more: Partial<InvoiceRecord> = {}): InvoiceRecord => ({
  kind: 'invoice',
  id: 'in_1',
  number: 'F-1',
  status: 'open',
  billingReason: 'subscription_cycle',
  collectionMethod: 'charge_automatically',
  livemode: true,
  simulated: false,
  currency: 'usd',
  due: 10_000,
  paid: 0,
  remaining: 10_000,
  creditedBefore: 0,
  creditedAfter: 0,
  attempted: true,
  attempts: 1,
  createdAt: FAILED_AT - 3_600,
  finalizedAt: FAILED_AT - 60,
  settledAt: null,
  outOfBand: null,
  customerId: 'cus_1',
  customerName: 'Cloudsmith',
  subscriptionId: 'sub_1',
  plan: 'Pro annual',
  ...more,
})

const charge = (more: Partial<ChargeRecord> = {}): ChargeRecord => ({
  kind: 'charge',
  id: 'ch_1',
  intentId: 'pi_1',
  invoiceId: null,
  outcome: 'failed',
  createdAt: FAILED_AT,
  amount: 10_000,
  refunded: 0,
  disputed: false,
  card: 'pm_old',
  decline: DECLINED,
  ...more,
})

const success = (more: Partial<ChargeRecord> = {}) =>
  charge({ id: 'ch_2', outcome: 'succeeded', createdAt: FAILED_AT + 2 * DAY, decline: null, ...more })

const payment = (more: Partial<PaymentRecord> = {}): PaymentRecord => ({
  kind: 'payment',
  id: 'inpay_1',
  invoiceId: 'in_1',
  intentId: 'pi_1',
  chargeId: null,
  outOfBand: false,
  isDefault: true,
  isPaid: true,
  amount: 10_000,
  paidAt: FAILED_AT + 2 * DAY,
  ...more,
})

const dossier = (more: Partial<Dossier> = {}): Dossier => ({
  invoice: invoice(),
  charges: [charge()],
  payments: [payment({ isPaid: false, paidAt: null })],
  intents: [],
  credits: [],
  disputes: [],
  hasEnded: false,
  ...more,
})

const PAID = { status: 'paid', paid: 10_000, remaining: 0, settledAt: FAILED_AT + 2 * DAY } as const
const paidDossier = (attempts: number, more: Partial<Dossier> = {}) =>
  dossier({ invoice: invoice({ ...PAID, attempts }), charges: [charge(), success()], payments: [payment()], ...more })

function findingIn(diagnosis: Diagnosis) {
  if (diagnosis.kind !== 'failed') throw new Error(`It is ${diagnosis.kind}`)
  return diagnosis.finding
}
const found = (of: Dossier) => findingIn(diagnose(of, { livemode: true }))
/** Parts that are not zero; they add up. */
function partsOf(of: Dossier): Partial<Record<Part, number>> {
  const { atRisk, parts } = found(of)
  expect(PARTS.reduce((sum, part) => sum + parts[part], 0)).toBe(atRisk)
  return Object.fromEntries(Object.entries(parts).filter(([, amount]) => amount !== 0))
}

describe('what became of a failed renewal', () => {
  const stories: [string, Dossier, Partial<Record<Part, number>>][] = [
    ['nothing yet', dossier(), { open: 10_000 }],
    ['its subscription ended', dossier({ hasEnded: true }), { lost: 10_000 }],
    ['it was given up', dossier({ invoice: invoice({ status: 'uncollectible' }) }), { lost: 10_000 }],
    ['it was voided', dossier({ invoice: invoice({ status: 'void' }) }), { forgiven: 10_000 }],
    ['Stripe’s second attempt paid it', paidDossier(2), { retried: 10_000 }],
    ['somebody paid it by hand with the same card: the attempt was not counted', paidDossier(1), { paid: 10_000 }],
    [
      'Stripe’s attempt paid it with another card',
      paidDossier(2, { charges: [charge(), success({ card: 'pm_new' })] }),
      { paid: 10_000 },
    ],
    [
      'attempts were counted that Stripe never ran, and the customer confirmed',
      paidDossier(3, {
        charges: [charge({ decline: { ...DECLINED, declineCode: 'authentication_required' } }), success()],
      }),
      { paid: 10_000 },
    ],
    [
      'it was paid fifteen days later',
      paidDossier(2, {
        charges: [charge(), success({ createdAt: FAILED_AT + 15 * DAY })],
        payments: [payment({ paidAt: FAILED_AT + 15 * DAY })],
      }),
      { late: 10_000 },
    ],
    [
      'it was paid out of band, months later or not',
      paidDossier(1, {
        charges: [charge()],
        payments: [
          payment({ id: 'inpay_2', intentId: null, outOfBand: true, isDefault: false, paidAt: FAILED_AT + 20 * DAY }),
        ],
      }),
      { outOfBand: 10_000 },
    ],
    [
      'before basil it was paid out of band: nothing counts as paid',
      dossier({
        invoice: invoice({ ...PAID, paid: 0, remaining: 10_000, outOfBand: true }),
        charges: [charge({ invoiceId: 'in_1' })],
        payments: [],
      }),
      { outOfBand: 10_000 },
    ],
    [
      'a part was paid, the rest is open',
      dossier({
        invoice: invoice({ paid: 4_000, remaining: 6_000 }),
        charges: [charge(), success({ intentId: 'pi_2', amount: 4_000, card: 'pm_new' })],
        payments: [
          payment({ isPaid: false, paidAt: null }),
          payment({ id: 'inpay_2', intentId: 'pi_2', amount: 4_000, isDefault: false }),
        ],
      }),
      { paid: 4_000, open: 6_000 },
    ],
    [
      'a part was credited, a part paid and a part of that refunded',
      paidDossier(2, {
        invoice: invoice({ ...PAID, due: 7_000, paid: 7_000, creditedBefore: 3_000, attempts: 2 }),
        charges: [charge(), success({ amount: 7_000, refunded: 1_500 })],
        payments: [payment({ amount: 7_000 })],
        credits: [
          {
            kind: 'credit',
            id: 'cn_1',
            invoiceId: 'in_1',
            createdAt: FAILED_AT + DAY,
            beforePayment: 3_000,
            givenBack: 0,
          },
        ],
      }),
      { retried: 5_500, returned: 1_500, forgiven: 3_000 },
    ],
    [
      'it was refunded whole, and disputed on top: no more goes back than came',
      paidDossier(2, {
        charges: [charge(), success({ refunded: 10_000, disputed: true })],
        disputes: [{ kind: 'dispute', id: 'du_1', chargeId: 'ch_2', taken: 10_000 }],
      }),
      { returned: 10_000 },
    ],
    [
      'a credit after payment went to the balance',
      paidDossier(2, {
        credits: [
          {
            kind: 'credit',
            id: 'cn_1',
            invoiceId: 'in_1',
            createdAt: FAILED_AT + 3 * DAY,
            beforePayment: 0,
            givenBack: 2_500,
          },
        ],
      }),
      { retried: 7_500, returned: 2_500 },
    ],
    [
      'the payment is known before the invoice is: the payment counts',
      dossier({ charges: [charge(), success()], payments: [payment()], invoice: invoice({ attempts: 2 }) }),
      { retried: 10_000 },
    ],
    [
      'it is paid, and the key may not read charges',
      paidDossier(2, {
        charges: null,
        invoice: invoice({ status: 'uncollectible', paid: 4_000, remaining: 6_000 }),
        payments: [payment({ amount: 4_000 })],
      }),
      { unclear: 4_000, lost: 6_000 },
    ],
  ]
  it.each(stories)('%s', (_, of, parts) => {
    expect(partsOf(of)).toEqual(parts)
  })

  it('leaves out of the risk what was credited or paid before the first failure', () => {
    const of = dossier({
      invoice: invoice({ due: 7_000, paid: 2_000, remaining: 5_000, creditedBefore: 3_000 }),
      charges: [charge(), success({ id: 'ch_0', intentId: 'pi_0', amount: 2_000, createdAt: FAILED_AT - 30 })],
      payments: [payment({ id: 'inpay_0', intentId: 'pi_0', amount: 2_000, paidAt: FAILED_AT - 30, isDefault: false })],
      credits: [
        {
          kind: 'credit',
          id: 'cn_1',
          invoiceId: 'in_1',
          createdAt: FAILED_AT - 60,
          beforePayment: 3_000,
          givenBack: 0,
        },
      ],
    })
    expect(found(of).atRisk).toBe(5_000)
    expect(partsOf(of)).toEqual({ open: 5_000 })
  })

  it('tells when all of it was back, and nothing of what is not', () => {
    expect(found(paidDossier(2)).recoveredAt).toBe(FAILED_AT + 2 * DAY)
    expect(found(dossier()).recoveredAt).toBeNull()
    expect(found(paidDossier(2, { charges: [charge(), success({ refunded: 1 })] })).recoveredAt).toBeNull()
  })

  it('takes the first failure and its decline, and knows what Stripe never retries', () => {
    const later = charge({ id: 'ch_9', createdAt: FAILED_AT + DAY, decline: { ...DECLINED, declineCode: 'lost_card' } })
    expect(found(dossier({ charges: [later, charge()] }))).toMatchObject({
      firstFailedAt: FAILED_AT,
      declineClass: 'funds',
      neverRetried: false,
    })
    expect(found(dossier({ charges: [later] }))).toMatchObject({ declineCode: 'lost_card', neverRetried: true })
  })

  it('counts one that waits for the bank without any charge, and none that is being paid', () => {
    const intents = [
      { kind: 'intent', id: 'pi_1', decline: { ...DECLINED, code: 'authentication_required', declineCode: null } },
    ] as const
    expect(found(dossier({ charges: [], intents }))).toMatchObject({
      firstFailedAt: FAILED_AT - 60,
      declineClass: 'authentication',
    })
    expect(diagnose(dossier({ charges: [charge({ outcome: 'pending' })] }), { livemode: true })).toEqual({
      kind: 'fine',
    })
    expect(diagnose(dossier({ charges: [], invoice: invoice({ attempted: false }) }), { livemode: true })).toEqual({
      kind: 'fine',
    })
  })
})

describe('what is left out', () => {
  const kinds: [Exclusion, Partial<InvoiceRecord>][] = [
    ['first_invoice', { billingReason: 'subscription_create' }],
    ['by_hand', { collectionMethod: 'send_invoice' }],
    ['one_off', { billingReason: 'manual' }],
    ['one_off', { subscriptionId: null }],
    ['draft', { status: 'draft' }],
    ['other_mode', { livemode: false }],
    ['test_clock', { simulated: true }],
  ]
  it.each(kinds)('%s, and what failed of it is counted apart', (because, more) => {
    const diagnosis = diagnose(dossier({ invoice: invoice(more) }), { livemode: true })
    expect(diagnosis).toMatchObject({ kind: 'excluded', because, finding: { atRisk: 10_000 } })
  })

  it('what nothing was due for', () => {
    const nothing = invoice({ status: 'paid', due: 0, remaining: 0, attempted: true })
    expect(diagnose(dossier({ invoice: nothing, charges: [], payments: [] }), { livemode: true })).toEqual({
      kind: 'excluded',
      because: 'nothing_due',
      finding: null,
    })
  })
})
