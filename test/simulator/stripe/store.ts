import type Stripe from 'stripe'
import { Collection } from './collection.js'
import type { SimulatedCharge } from './objects/charge.js'
import type { SimulatedCustomer } from './objects/customer.js'
import type { SimulatedInvoice } from './objects/invoice.js'
import type { SimulatedInvoicePayment } from './objects/invoice-payment.js'
import type { SimulatedPaymentIntent } from './objects/payment-intent.js'
import type { SimulatedPaymentMethod } from './objects/payment-method.js'
import type { SimulatedPrice } from './objects/price.js'
import type { SimulatedSubscription } from './objects/subscription.js'

/** All objects of one account, unexpanded, as the current API version shapes them. They are changed in place. */
export class Store {
  readonly customers = new Collection<SimulatedCustomer>()
  /** Their objects stay in `customers`: invoices still point there. */
  readonly deletedCustomers = new Set<string>()
  readonly paymentMethods = new Collection<SimulatedPaymentMethod>()
  readonly products = new Collection<Stripe.Product>()
  readonly prices = new Collection<SimulatedPrice>()
  readonly subscriptions = new Collection<SimulatedSubscription>()
  readonly invoices = new Collection<SimulatedInvoice>()
  readonly invoicePayments = new Collection<SimulatedInvoicePayment>()
  readonly paymentIntents = new Collection<SimulatedPaymentIntent>()
  readonly charges = new Collection<SimulatedCharge>()

  readonly #invoiceOfIntent = new Map<string, string>()
  readonly #paymentOfInvoice = new Map<string, SimulatedInvoicePayment>()

  /** Ties an invoice to the payment intent that collects it. */
  addPayment(payment: SimulatedInvoicePayment): void {
    this.invoicePayments.add(payment)
    this.#invoiceOfIntent.set(payment.payment.payment_intent, payment.invoice)
    this.#paymentOfInvoice.set(payment.invoice, payment)
  }

  paymentOf(invoice: string): SimulatedInvoicePayment | undefined {
    return this.#paymentOfInvoice.get(invoice)
  }

  intentOf(invoice: string): SimulatedPaymentIntent | undefined {
    const payment = this.#paymentOfInvoice.get(invoice)
    return payment && this.paymentIntents.get(payment.payment.payment_intent)
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
      default:
        return undefined
    }
  }
}

export function deletedCustomer(id: string): Stripe.DeletedCustomer {
  return { id, object: 'customer', deleted: true }
}
