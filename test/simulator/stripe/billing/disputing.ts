import type { Account } from '../account.js'
import type { SimulatedCharge } from '../objects/charge.js'
import { buildDispute, type SimulatedDispute } from '../objects/dispute.js'
import type { SimulatedInvoice } from '../objects/invoice.js'
import { update } from '../objects/wire.js'
import { refundable } from './refunding.js'
import { Refusal } from './refusal.js'

export interface DisputeRequest {
  /** Minor units; what has not been refunded when absent. */
  readonly amount?: number | undefined
  /** `fraudulent` when absent. Source of others: the SDK's type of `reason` */
  readonly reason?: string | undefined
}

/** The customer disputes the newest charge of an invoice with the bank, which takes the money back at once. */
export function disputeInvoice(account: Account, invoice: SimulatedInvoice, request: DisputeRequest): SimulatedDispute {
  const { clock, events, ids, store } = account
  const charge = disputable(account, invoice)
  const { amount = refundable(charge), reason = 'fraudulent' } = request
  if (amount < 1 || amount > refundable(charge)) {
    throw new Refusal('The disputed amount must be a part of what was charged and not refunded.', { param: 'amount' })
  }
  const dispute = store.disputes.add(
    buildDispute({
      id: ids.next('du', charge.id),
      created: clock.seconds(),
      charge,
      amount,
      reason,
      customerName: invoice.customer_name,
      customerEmail: invoice.customer_email,
    }),
  )
  charge.disputed = true
  events.emit('charge.dispute.created', dispute)
  events.emit('charge.dispute.funds_withdrawn', dispute)
  return dispute
}

/** The bank decides. To win, evidence must have been handed in before; then the money comes back. */
export function closeDispute(account: Account, dispute: SimulatedDispute, outcome: 'won' | 'lost'): void {
  if (dispute.status === 'won' || dispute.status === 'lost') throw new Refusal('This dispute is already closed')
  const { events } = account
  if (outcome === 'won') {
    const evidence_details = { ...dispute.evidence_details, has_evidence: true, submission_count: 1 }
    const previous = update(dispute, {
      evidence_details: { ...evidence_details, submission_method: 'manual' },
      status: 'under_review',
    })
    events.emit('charge.dispute.updated', dispute, previous)
  }
  events.emit('charge.dispute.closed', dispute, update(dispute, { status: outcome }))
  if (outcome === 'won') events.emit('charge.dispute.funds_reinstated', dispute)
}

/** Fully refunded charges can't be disputed. Source: docs.stripe.com/refunds */
function disputable(account: Account, invoice: SimulatedInvoice): SimulatedCharge {
  const charges = account.store.successfulChargesOf(invoice.id)
  if (charges.length === 0) throw new Refusal('This invoice does not have a successful charge to dispute.')
  const charge = charges.find((candidate) => !candidate.disputed && refundable(candidate) > 0)
  if (!charge) throw new Refusal('Each charge of this invoice has been refunded or disputed already.')
  return charge
}
