import type Stripe from 'stripe'
import { Collection } from './collection.js'
import type { SimulatedCharge } from './objects/charge.js'
import type { SimulatedCreditNote } from './objects/credit-note.js'
import type { SimulatedCustomer } from './objects/customer.js'
import type { SimulatedDispute } from './objects/dispute.js'
import type { SimulatedInvoice } from './objects/invoice.js'
import type { SimulatedInvoicePayment } from './objects/invoice-payment.js'
import type { SimulatedPaymentIntent } from './objects/payment-intent.js'
import type { SimulatedPaymentMethod } from './objects/payment-method.js'
import type { SimulatedPrice } from './objects/price.js'
import type { SimulatedRefund } from './objects/refund.js'
import type { SimulatedSubscription } from './objects/subscription.js'

/** All objects of one account, unexpanded, as the current API version shapes them. They are changed in place. */
export class Store {
  readonly customers = new Collection<SimulatedCustomer>()
  /** Their objects stay in `customers`: invoices still point there. */
  readonly deletedCustomers = new Set<string>()
  /** Ids of the accounts by which alone some customers are known outside, by customer id. */
  readonly customerAccounts = new Map<string, string>()
  /** By the customer to whom they were attached first. */
  readonly paymentMethods = new Collection<SimulatedPaymentMethod>(({ customer }) => customer)
  readonly products = new Collection<Stripe.Product>()
  readonly prices = new Collection<SimulatedPrice>()
  /** By customer. */
  readonly subscriptions = new Collection<SimulatedSubscription>(({ customer }) => customer)
  /** By subscription. */
  readonly invoices = new Collection<SimulatedInvoice>(({ parent }) => parent.subscription_details.subscription)
  readonly invoicePayments = new Collection<SimulatedInvoicePayment>(({ invoice }) => invoice)
  readonly paymentIntents = new Collection<SimulatedPaymentIntent>()
  /** By payment intent. */
  readonly charges = new Collection<SimulatedCharge>(({ payment_intent }) => payment_intent)
  /** By charge. */
  readonly refunds = new Collection<SimulatedRefund>(({ charge }) => charge)
  /** By charge. */
  readonly disputes = new Collection<SimulatedDispute>(({ charge }) => charge)
  /** By invoice. */
  readonly creditNotes = new Collection<SimulatedCreditNote>(({ invoice }) => invoice)

  readonly #invoiceOfIntent = new Map<string, string>()

  /** Ties an invoice to what pays it. */
  addPayment(payment: SimulatedInvoicePayment): SimulatedInvoicePayment {
    const intent = payment.payment.payment_intent
    if (intent !== undefined) this.#invoiceOfIntent.set(intent, payment.invoice)
    return this.invoicePayments.add(payment)
  }

  /** All payments of an invoice, in the order in which they were begun. */
  paymentsOf(invoice: string): readonly SimulatedInvoicePayment[] {
    return this.invoicePayments.of(invoice)
  }

  /** The default one, which Stripe makes when it finalizes the invoice and collects itself. */
  paymentOf(invoice: string): SimulatedInvoicePayment | undefined {
    return this.paymentsOf(invoice).find((payment) => payment.is_default)
  }

  /** The payment intent of the default payment. */
  intentOf(invoice: string): SimulatedPaymentIntent | undefined {
    const payment = this.paymentOf(invoice)
    return payment && this.intentBehind(payment)
  }

  /** Undefined for a payment outside of Stripe. */
  intentBehind({ payment }: SimulatedInvoicePayment): SimulatedPaymentIntent | undefined {
    return payment.payment_intent === undefined ? undefined : this.paymentIntents.get(payment.payment_intent)
  }

  /** What went through for an invoice, the newest first; a partial payment is a charge of its own. */
  successfulChargesOf(invoice: string): SimulatedCharge[] {
    const found: SimulatedCharge[] = []
    for (const payment of this.paymentsOf(invoice)) {
      const intent = payment.payment.payment_intent
      for (const charge of intent === undefined ? [] : this.charges.of(intent)) {
        if (charge.status === 'succeeded') found.push(charge)
      }
    }
    return found.reverse().sort((a, b) => b.created - a.created)
  }

  invoiceOf(paymentIntent: string): string | undefined {
    return this.#invoiceOfIntent.get(paymentIntent)
  }

  /** What an id stands for: used to expand it. */
  find(id: string): { readonly id: string; readonly object: string } | undefined {
    switch (id.slice(0, id.indexOf('_'))) {
      case 'cus':
        return this.deletedCustomers.has(id) ? deletedCustomer(id) : this.customers.get(id)
      case 'pm':
        return this.paymentMethods.get(id)
      case 'prod':
        return this.products.get(id)
      case 'price':
        return this.prices.get(id)
      case 'sub':
        return this.subscriptions.get(id)
      case 'in':
        return this.invoices.get(id)
      case 'inpay':
        return this.invoicePayments.get(id)
      case 'pi':
        return this.paymentIntents.get(id)
      case 'ch':
        return this.charges.get(id)
      case 're':
        return this.refunds.get(id)
      case 'du':
        return this.disputes.get(id)
      case 'cn':
        return this.creditNotes.get(id)
      default:
        return undefined
    }
  }
}

export function deletedCustomer(id: string): Stripe.DeletedCustomer {
  return { id, object: 'customer', deleted: true }
}
