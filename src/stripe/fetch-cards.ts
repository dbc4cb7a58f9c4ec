import type { CardOnFile, CardsOnFile, FailedCard } from '../domain/new-card.js'
import { type Stripe, stripeRefusal } from './client.js'
import { at, countOf, type Fields, fieldsOf, httpsUrlOf, idOf, listOf, textOf, timeOf } from './json.js'

/** What stands behind an open invoice: which cards it may be charged to, and which were tried. Amounts in minor units. */
export interface InvoiceCards {
  readonly cards: CardsOnFile
  readonly status: string | null
  readonly amountRemaining: number
  readonly hostedInvoiceUrl: string | null
  /** Whether the subscription will renew, as far as the key may read it. */
  readonly isSubscribed: boolean
}

interface Asking {
  /** What is known of the key: what it surely may not read is not asked for. */
  readonly capabilities: readonly { permission: string; result: string }[] | null
  /** Whether the charges that failed are looked up too: only they tell for sure what a renewed card was before. */
  readonly wantsFaces: boolean
}

/** In the order in which they are given up, when Stripe does not say which permission it misses. */
const OPTIONAL = ['rak_payment_method_read', 'rak_payment_intent_read', 'rak_subscription_read'] as const
type Optional = (typeof OPTIONAL)[number]

/**
 * Asks Stripe which cards an invoice can be charged to, in one call. Lists and objects expand four levels at most, and one
 * expansion that the key does not allow refuses the whole call: then less is asked for.
 *
 * @throws Stripe's errors; see `stripeRefusal`
 */
export async function fetchCards(stripe: Stripe, invoiceId: string, asking: Asking): Promise<InvoiceCards> {
  const { capabilities, wantsFaces } = asking
  const isMissing = (slug: string) =>
    capabilities?.some(({ permission, result }) => permission === slug && result === 'missing') === true
  for (let allowed: readonly Optional[] = OPTIONAL.filter((slug) => !isMissing(slug)); ; allowed = allowed.slice(1)) {
    try {
      const invoice = fieldsOf(await stripe.invoices.retrieve(invoiceId, { expand: wishes(allowed) }))
      const faces = wantsFaces && !isMissing('rak_charge_read')
      return readCards(invoice, await failedCardsOf(stripe, invoice, faces))
    } catch (error) {
      if (allowed.length === 0 || stripeRefusal(error) !== 'permission_missing') throw error
    }
  }
}

function wishes(allowed: readonly Optional[]): string[] {
  const card = allowed.includes('rak_payment_method_read') ? '.default_payment_method' : ''
  return [
    card ? `customer.invoice_settings${card}` : 'customer',
    ...(card ? ['default_payment_method'] : []),
    ...(allowed.includes('rak_subscription_read') ? [`parent.subscription_details.subscription${card}`] : []),
    allowed.includes('rak_payment_intent_read') ? 'payments.data.payment.payment_intent' : 'payments',
  ]
}

const ENDED = ['canceled', 'incomplete_expired']

function readCards(invoice: Fields, failed: readonly FailedCard[]): InvoiceCards {
  const subscription = fieldsOf(at(invoice, 'parent', 'subscription_details', 'subscription'))
  const customer = fieldsOf(invoice.customer)
  const isSubscribed = textOf(subscription.status) !== null && !ENDED.includes(String(subscription.status))
  return {
    cards: {
      invoiceCard: cardOf(invoice.default_payment_method) ?? cardOf(invoice.default_source),
      subscriptionCard: isSubscribed
        ? (cardOf(subscription.default_payment_method) ?? cardOf(subscription.default_source))
        : null,
      customerCard:
        cardOf(at(customer, 'invoice_settings', 'default_payment_method')) ?? cardOf(customer.default_source),
      failed,
    },
    status: textOf(invoice.status),
    amountRemaining: countOf(invoice.amount_remaining) ?? 0,
    hostedInvoiceUrl: httpsUrlOf(invoice.hosted_invoice_url),
    isSubscribed,
  }
}

/** A payment method as its id or expanded. */
function cardOf(value: unknown): CardOnFile | null {
  const id = idOf(value)
  if (id === null) return null
  const method = fieldsOf(value)
  const card = fieldsOf(method.card)
  return {
    id,
    createdAt: timeOf(method.created),
    brand: textOf(card.brand),
    last4: textOf(card.last4),
    face: faceOf(card),
  }
}

function faceOf(card: Fields): string | null {
  const last4 = textOf(card.last4)
  return last4 && `${last4} ${countOf(card.exp_month)}/${countOf(card.exp_year)}`
}

/** An intent that waits for the customer has failed too, whether or not Stripe adds an error. */
async function failedCardsOf(stripe: Stripe, invoice: Fields, wantsFaces: boolean): Promise<FailedCard[]> {
  const failed = new Map<string, FailedCard>()
  for (const { payment } of listOf(invoice.payments)) {
    const intent = fieldsOf(at(payment, 'payment_intent'))
    const error = fieldsOf(intent.last_payment_error)
    const id = idOf(error.payment_method) ?? (intent.status === 'requires_action' ? idOf(intent.payment_method) : null)
    if (id === null) continue
    const charge = textOf(error.charge)
    failed.set(id, { id, face: wantsFaces && charge ? await chargedFace(stripe, charge) : null })
  }
  return [...failed.values()]
}

/** A charge keeps the card as it was; a payment method in an error may be told as it is now. */
async function chargedFace(stripe: Stripe, chargeId: string): Promise<string | null> {
  try {
    const charge = await stripe.charges.retrieve(chargeId)
    return faceOf(fieldsOf(at(charge, 'payment_method_details', 'card')))
  } catch (error) {
    if (stripeRefusal(error) === 'permission_missing' || stripeRefusal(error) === 'not_found') return null
    throw error
  }
}
