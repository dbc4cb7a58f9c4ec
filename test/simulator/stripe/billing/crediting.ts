import type Stripe from 'stripe'
import { money } from '../../money.js'
import type { Account } from '../account.js'
import { buildCreditNote, type SimulatedCreditNote } from '../objects/credit-note.js'
import type { SimulatedInvoice } from '../objects/invoice.js'
import type { SimulatedRefund } from '../objects/refund.js'
import { update } from '../objects/wire.js'
import { refundInvoice } from './refunding.js'
import { Refusal } from './refusal.js'
import { askForRemaining, settleInvoice } from './settling.js'

/** How money that was paid already is given back: by these parts, in minor units, or all in one way. */
export type GivenBack =
  | 'balance'
  | 'refund'
  | 'out of band'
  | { readonly balance: number; readonly refund: number; readonly outOfBand: number }

export interface CreditNoteRequest {
  /** Minor units; when absent what remains to pay, or else all that can still be credited. */
  readonly amount?: number | undefined
  readonly reason?: 'duplicate' | 'fraudulent' | 'order_change' | 'product_unsatisfactory' | undefined
  readonly memo?: string | undefined
  readonly metadata?: Stripe.Metadata | undefined
  /** The customer's balance when absent: the next invoice is less by that. */
  readonly givenBack?: GivenBack | undefined
}

/**
 * Credits an open or a paid invoice: first what remains to pay, which leaves it paid when nothing remains, then what was
 * paid. Source: the SDK's text on `creditNotes.create`
 */
export function creditInvoice(
  account: Account,
  invoice: SimulatedInvoice,
  request: CreditNoteRequest = {},
): SimulatedCreditNote {
  const { baseUrl, clock, events, ids, store } = account
  const amount = requireCreditable(account, invoice, request.amount)
  const prePayment = Math.min(amount, invoice.amount_remaining)
  const postPayment = amount - prePayment
  const back = partsOf(request.givenBack ?? 'balance', postPayment)

  const refunds = back.refund === 0 ? [] : refundInvoice(account, invoice, { amount: back.refund })
  if (back.balance > 0) addToBalance(account, invoice.customer, back.balance)
  const id = ids.next('cn', invoice.id)
  const note = store.creditNotes.add(
    buildCreditNote({
      id,
      lineId: ids.next('cnli', id),
      number: `${invoice.number}-CN-${String(store.creditNotes.of(invoice.id).length + 1).padStart(2, '0')}`,
      created: clock.seconds(),
      invoice,
      prePayment,
      postPayment,
      outOfBand: back.outOfBand,
      refunds: refunds.map((refund) => ({ refund: refund.id, amount: refund.amount })),
      reason: request.reason ?? null,
      memo: request.memo ?? null,
      metadata: request.metadata ?? {},
      baseUrl,
    }),
  )
  events.emit('credit_note.created', note)
  takeOff(account, invoice, prePayment, postPayment)
  return note
}

/** The invoice asks for the amount again. Only while it is open. */
export function voidCreditNote(account: Account, note: SimulatedCreditNote): void {
  const invoice = account.store.invoices.require(note.invoice)
  if (note.status === 'void') throw new Refusal('This credit note has already been voided.')
  if (invoice.status !== 'open') {
    throw new Refusal('You can only void a credit note if the associated invoice is open.')
  }
  const previous = update(note, { status: 'void', voided_at: account.clock.seconds() })
  account.events.emit('credit_note.voided', note, previous)
  takeOff(account, invoice, -note.pre_payment_amount, -note.post_payment_amount)
}

/** Its words, not its amounts; `metadata` as it is to be. */
export function changeCreditNote(
  account: Account,
  note: SimulatedCreditNote,
  { memo, metadata }: Pick<CreditNoteRequest, 'memo' | 'metadata'>,
): void {
  const previous = update(note, {
    ...(memo !== undefined && { memo }),
    ...(metadata && { metadata }),
  })
  account.events.emit('credit_note.updated', note, previous)
}

function takeOff(account: Account, invoice: SimulatedInvoice, prePayment: number, postPayment: number): void {
  const wasOpen = invoice.status === 'open'
  const previous = update(invoice, {
    amount_due: invoice.amount_due - prePayment,
    amount_remaining: invoice.amount_remaining - prePayment,
    post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + postPayment,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + prePayment,
  })
  if (wasOpen && invoice.amount_remaining === 0) {
    settleInvoice(account, invoice, { previous })
    return
  }
  askForRemaining(account, invoice)
  account.events.emit('invoice.updated', invoice, previous)
}

function addToBalance(account: Account, id: string, amount: number): void {
  const customer = account.store.customers.require(id)
  account.events.emit('customer.updated', customer, update(customer, { balance: customer.balance - amount }))
}

/** Gives the amount. */
function requireCreditable(account: Account, invoice: SimulatedInvoice, wanted: number | undefined): number {
  if (invoice.status !== 'open' && invoice.status !== 'paid') {
    throw new Refusal(`You can only create a credit note for an open or paid invoice. This one is ${invoice.status}.`)
  }
  const left = creditable(account, invoice)
  const amount = wanted ?? (invoice.amount_remaining > 0 ? invoice.amount_remaining : left)
  if (amount < 1 || amount > left) {
    const [asked, possible] = [money(amount, invoice.currency), money(left, invoice.currency)]
    throw new Refusal(`The credit note's amount (${asked}) must be between 0 and what is creditable (${possible}).`, {
      param: 'amount',
    })
  }
  return amount
}

/** Refunds that belong to no credit note count against it. Source: the SDK's text on `creditNotes.create` */
function creditable(account: Account, invoice: SimulatedInvoice): number {
  const { creditNotes, refunds } = account.store
  const credited = new Set(creditNotes.of(invoice.id).flatMap((note) => note.refunds.map(({ refund }) => refund)))
  const counts = (refund: SimulatedRefund) => refund.status !== 'failed' && !credited.has(refund.id)
  let refunded = 0
  for (const charge of account.store.successfulChargesOf(invoice.id)) {
    for (const refund of refunds.of(charge.id)) if (counts(refund)) refunded += refund.amount
  }
  const { post_payment_credit_notes_amount: post, pre_payment_credit_notes_amount: pre, total } = invoice
  return total - pre - post - refunded
}

function partsOf(givenBack: GivenBack, postPayment: number) {
  const none = { balance: 0, refund: 0, outOfBand: 0 }
  if (givenBack === 'balance') return { ...none, balance: postPayment }
  if (givenBack === 'refund') return { ...none, refund: postPayment }
  if (givenBack === 'out of band') return { ...none, outOfBand: postPayment }
  if (givenBack.balance + givenBack.refund + givenBack.outOfBand !== postPayment) {
    throw new Refusal(
      'The sum of `credit_amount`, `refund_amount` and `out_of_band_amount` must equal the amount that was already paid.',
    )
  }
  return givenBack
}
