import { z } from 'zod'
import { type Command, command, fault, nothing, share, withoutGaps } from '../../control.js'
import type { StripeSimulator } from '../simulator.js'
import { invoiceRow } from './state.js'

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
  plan: plan.optional(),
})

const ofInvoice = z.strictObject({ invoice: z.string() })

const endpoint = z.strictObject({
  url: z.url(),
  secret: z.union([z.string(), z.array(z.string())]).optional(),
  apiVersion: z.string().optional(),
  events: z.array(z.string()).optional(),
})

const deliveries = z.strictObject({
  duplicates: share.optional(),
  losses: share.optional(),
  delays: share.optional(),
  delayMs: z.number().optional(),
  shuffleMs: z.number().optional(),
  retryMs: z.array(z.number()).optional(),
})

/** What one can do to the account over HTTP: the methods of the simulator under the names of its buttons. */
export function stripeCommands(simulator: StripeSimulator): Record<string, Command> {
  return { ...renewals(simulator), ...endings(simulator), ...surroundings(simulator) }
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
    'pay-out-of-band': command(ofInvoice, ({ invoice }) => simulator.payOutOfBand(invoice)),
    'save-card': command(z.strictObject({ customer: z.string(), card: z.string().optional() }), (given) => ({
      payment_method: simulator.saveCard(given.customer, given.card),
    })),
  }
}

function endings(simulator: StripeSimulator): Record<string, Command> {
  return {
    void: command(ofInvoice, ({ invoice }) => simulator.voidInvoice(invoice)),
    'mark-uncollectible': command(ofInvoice, ({ invoice }) => simulator.markUncollectible(invoice)),
    'cancel-subscription': command(z.strictObject({ subscription: z.string() }), ({ subscription }) =>
      simulator.cancelSubscription(subscription),
    ),
    'delete-customer': command(z.strictObject({ customer: z.string() }), ({ customer }) =>
      simulator.deleteCustomer(customer),
    ),
  }
}

function surroundings(simulator: StripeSimulator): Record<string, Command> {
  const { account, faults, keys, webhooks } = simulator
  return {
    'next-retry': command(nothing, () => ({ ran: account.clock.advanceToNext() })),
    advance: command(z.strictObject({ ms: z.number().min(0) }), ({ ms }) => account.clock.advance(ms)),
    endpoint: command(endpoint, (wanted) => simulator.addWebhookEndpoint(withoutGaps(wanted))),
    'remove-endpoint': command(z.strictObject({ id: z.string() }), ({ id }) => webhooks.removeEndpoint(id)),
    deliveries: command(deliveries, (options) => webhooks.configure(withoutGaps(options))),
    resend: command(z.strictObject({ event: z.string() }), ({ event }) => webhooks.resend(event)),
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
