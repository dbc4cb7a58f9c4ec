import { z } from 'zod'
import { type Command, command, fault, nothing, withoutGaps } from '../../control.js'
import type { StripeSimulator } from '../simulator.js'
import { reversals } from './reversal-commands.js'
import { invoiceRow } from './state.js'
import { subscriptions } from './subscription-commands.js'
import { timeCommands } from './time-commands.js'
import { webhooks } from './webhook-commands.js'

/** Numbers come as text from the page's forms; an empty field is an absent one. */
const number = z.coerce.number()
const optionalNumber = z.preprocess((value) => (value === '' ? undefined : value), number.optional())

const plan = z.strictObject({
  product: z.string(),
  label: z.string(),
  interval: z.enum(['month', 'year']),
  currency: z.string(),
  amount: z.number(),
})

const renewal = z.strictObject({
  /** So many customers at once. */
  count: z.preprocess((value) => (value === '' ? 1 : value), number.int().min(1).default(1)),
  customer: z.string().optional(),
  declineCode: z.string().optional(),
  worksFromAttempt: optionalNumber,
  ownCard: z.boolean().optional(),
  amount: optionalNumber,
  billingReason: z.string().optional(),
  name: z.string().nullable().optional(),
  email: z.string().nullable().optional(),
  preferredLocales: z.array(z.string()).optional(),
  customerAccount: z.boolean().optional(),
  plan: plan.optional(),
})

const ofInvoice = z.strictObject({ invoice: z.string() })

/** What one can do to the account over HTTP: the methods of the simulator under the names of its buttons. */
export function stripeCommands(simulator: StripeSimulator): Record<string, Command> {
  return {
    ...renewals(simulator),
    ...reversals(simulator),
    ...subscriptions(simulator),
    ...webhooks(simulator),
    ...surroundings(simulator),
    ...timeCommands(simulator),
  }
}

function renewals(simulator: StripeSimulator): Record<string, Command> {
  const row = (invoice: Parameters<typeof invoiceRow>[1]) => invoiceRow(simulator, invoice)
  return {
    'fail-renewal': command(renewal, ({ count, ...request }) =>
      Array.from({ length: count }, () => row(simulator.failRenewal(request).invoice)),
    ),
    renew: command(renewal, ({ count, ...request }) =>
      Array.from({ length: count }, () => row(simulator.renew(request).invoice)),
    ),
    retry: command(ofInvoice, ({ invoice }) => row(simulator.retry(invoice))),
    pay: command(ofInvoice.extend({ card: z.string().optional() }), ({ card, invoice }) =>
      row(simulator.pay(invoice, card)),
    ),
    'pay-part': command(ofInvoice.extend({ amount: optionalNumber, card: z.string().optional() }), (given) => {
      const { amount = half(simulator, given.invoice), card, invoice } = given
      return row(simulator.payPart(invoice, amount, withoutGaps({ card })))
    }),
    'pay-out-of-band': command(ofInvoice, ({ invoice }) => simulator.payOutOfBand(invoice)),
    'finalize-invoice': command(ofInvoice, ({ invoice }) => row(simulator.finalizeInvoice(invoice))),
    void: command(ofInvoice, ({ invoice }) => simulator.voidInvoice(invoice)),
    'mark-uncollectible': command(ofInvoice, ({ invoice }) => simulator.markUncollectible(invoice)),
    'save-card': command(z.strictObject({ customer: z.string(), card: z.string().optional() }), (given) => ({
      payment_method: simulator.saveCard(given.customer, given.card),
    })),
  }
}

function half(simulator: StripeSimulator, invoice: string): number {
  return Math.ceil(simulator.invoice(invoice).amount_remaining / 2)
}

function surroundings(simulator: StripeSimulator): Record<string, Command> {
  const { faults, keys } = simulator
  return {
    key: command(
      z.strictObject({
        permissions: z.union([z.literal('all'), z.array(z.string())]).default('all'),
        key: z.string().optional(),
      }),
      ({ key, permissions }) => ({ key: simulator.addKey(permissions, key) }),
    ),
    'revoke-key': command(z.strictObject({ key: z.string() }), ({ key }) => keys.revoke(key)),
    fault: command(fault, (wanted) => {
      faults.add(withoutGaps(wanted))
    }),
    'clear-faults': command(nothing, () => faults.clear()),
  }
}
