import { SdkTypes } from './sdk-types.js'

/** Where the SDK declares each kind of object that the simulator knows, by its `object`. */
const KINDS: Readonly<Record<string, readonly [file: string, type: string]>> = {
  account: ['resources/Accounts', 'Account'],
  'billing_portal.session': ['resources/BillingPortal/Sessions', 'Session'],
  charge: ['resources/Charges', 'Charge'],
  credit_note: ['resources/CreditNotes', 'CreditNote'],
  customer: ['resources/Customers', 'Customer'],
  dispute: ['resources/Disputes', 'Dispute'],
  invoice: ['resources/Invoices', 'Invoice'],
  invoice_payment: ['resources/InvoicePayments', 'InvoicePayment'],
  payment_intent: ['resources/PaymentIntents', 'PaymentIntent'],
  payment_method: ['resources/PaymentMethods', 'PaymentMethod'],
  price: ['resources/Prices', 'Price'],
  product: ['resources/Products', 'Product'],
  refund: ['resources/Refunds', 'Refund'],
  subscription: ['resources/Subscriptions', 'Subscription'],
  webhook_endpoint: ['resources/WebhookEndpoints', 'WebhookEndpoint'],
}

const DELETED: Readonly<Record<string, readonly [file: string, type: string]>> = {
  customer: ['resources/Customers', 'DeletedCustomer'],
  webhook_endpoint: ['resources/WebhookEndpoints', 'DeletedWebhookEndpoint'],
}

/** A list inside an object counts, which real payloads show and the SDK's type does not. */
const types = new SdkTypes({ alsoSent: { ApiList: ['total_count'] } })

/**
 * What the SDK's types have against an answer, an object or a page of a list: each problem once, without the numbers of
 * list items, so that a hundred objects with one fault give one line.
 */
export function problemsOf(answer: unknown): string[] {
  const { data, object } = answer as { readonly object?: string; readonly data?: readonly unknown[] }
  const problems = object === 'list' ? problemsOfPage(answer, data ?? []) : problemsOfObject(answer)
  return [...new Set(problems.map((problem) => problem.replace(/\[\d+\]/g, '[]')))]
}

function problemsOfPage(page: unknown, data: readonly unknown[]): string[] {
  return [
    ...types.problemsOfPage({ ...(page as object), data: [] }, 'lib', 'AppInfo'),
    ...data.flatMap(problemsOfObject),
  ]
}

function problemsOfObject(value: unknown): string[] {
  const { deleted, object, type } = value as {
    readonly object: string
    readonly type?: string
    readonly deleted?: boolean
  }
  if (object === 'event') return types.problems(value, 'resources/Events', eventNamed(String(type)))
  const kind = (deleted ? DELETED : KINDS)[object]
  return kind ? types.problems(value, ...kind) : [`${object} is a kind of object that is not checked`]
}

/** `customer.subscription.updated` is a CustomerSubscriptionUpdatedEvent. */
function eventNamed(type: string): string {
  const words = type.split(/[._]/).map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
  return `${words.join('')}Event`
}
