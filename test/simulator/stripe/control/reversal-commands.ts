import { z } from 'zod'
import { type Command, command } from '../../control.js'
import type { StripeSimulator } from '../simulator.js'

/** Forms send text. */
const flag = z.union([z.boolean(), z.stringbool()]).optional()
const amount = z.preprocess((value) => (value === '' ? undefined : value), z.coerce.number().optional())
const failure = z.enum([
  'charge_for_pending_refund_disputed',
  'declined',
  'expired_or_canceled_card',
  'insufficient_funds',
  'lost_or_stolen_card',
  'merchant_request',
  'unknown',
])

const refund = z.strictObject({
  invoice: z.string(),
  amount,
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  fails: flag,
})

const creditNote = z.strictObject({
  invoice: z.string(),
  amount,
  reason: z.enum(['duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory']).optional(),
  refund: flag,
  outOfBand: flag,
})

/** How money that came can go again, and what takes that back. */
export function reversals(simulator: StripeSimulator): Record<string, Command> {
  return {
    refund: command(refund, ({ fails = false, invoice, ...request }) =>
      simulator.refund(invoice, { ...request, fails }),
    ),
    'fail-refund': command(z.strictObject({ refund: z.string(), reason: failure.optional() }), (given) =>
      simulator.failRefund(given.refund, given.reason),
    ),
    dispute: command(
      z.strictObject({ invoice: z.string(), amount, reason: z.string().optional() }),
      ({ invoice, ...request }) => simulator.dispute(invoice, request),
    ),
    'close-dispute': command(
      z.strictObject({ dispute: z.string(), outcome: z.enum(['won', 'lost']) }),
      ({ dispute, outcome }) => simulator.closeDispute(dispute, outcome),
    ),
    'credit-note': command(creditNote, ({ invoice, outOfBand = false, refund: refunds = false, ...request }) =>
      simulator.creditNote(invoice, { ...request, outOfBand, refund: refunds }),
    ),
    'void-credit-note': command(z.strictObject({ creditNote: z.string() }), (given) =>
      simulator.voidCreditNote(given.creditNote),
    ),
  }
}
