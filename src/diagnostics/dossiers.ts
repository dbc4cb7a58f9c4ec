import type {
  BillingRecord,
  ChargeRecord,
  CreditRecord,
  DisputeRecord,
  Dossier,
  IntentRecord,
  InvoiceRecord,
  PaymentRecord,
} from '../domain/diagnosis.js'
import type { ListingName } from '../stripe/listings.js'

/** What each list's records are. */
export const KIND_OF: Readonly<Record<ListingName, BillingRecord['kind']>> = {
  invoices: 'invoice',
  payments: 'payment',
  charges: 'charge',
  open_invoices: 'subscription',
  open_payments: 'intent',
  credit_notes: 'credit',
  disputes: 'dispute',
}

/** What may belong to some invoices. */
export interface Related {
  readonly payments: Iterable<PaymentRecord>
  /** `null`, here and below: they could not be read. */
  readonly charges: Iterable<ChargeRecord> | null
  readonly intents: Iterable<IntentRecord>
  readonly credits: Iterable<CreditRecord> | null
  readonly disputes: Iterable<DisputeRecord>
  readonly endedSubscriptions: ReadonlySet<string>
}

/** Lays each invoice beside all that belongs to it. */
export function* dossiersOf(invoices: Iterable<InvoiceRecord>, related: Related): Generator<Dossier> {
  const payments = byKey(related.payments, ({ invoiceId }) => invoiceId)
  const credits = related.credits && byKey(related.credits, ({ invoiceId }) => invoiceId)
  const disputes = byKey(related.disputes, ({ chargeId }) => chargeId)
  const intents = byKey(related.intents, ({ id }) => id)
  const charges = [...(related.charges ?? [])]
  const chargesById = byKey(charges, ({ id }) => id)
  const chargesByIntent = byKey(charges, ({ intentId }) => intentId)
  const chargesByInvoice = byKey(charges, ({ invoiceId }) => invoiceId)

  for (const invoice of invoices) {
    const its = of(payments, invoice.id)
    const found = [
      ...of(chargesByInvoice, invoice.id),
      ...its.flatMap(({ chargeId, intentId }) => [...of(chargesByIntent, intentId), ...of(chargesById, chargeId)]),
    ]
    const itsCharges = [...new Set(found)]
    yield {
      invoice,
      charges: related.charges && itsCharges,
      payments: its,
      intents: its.flatMap(({ intentId }) => of(intents, intentId)),
      credits: credits && of(credits, invoice.id),
      disputes: itsCharges.flatMap(({ id }) => of(disputes, id)),
      hasEnded: invoice.subscriptionId !== null && related.endedSubscriptions.has(invoice.subscriptionId),
    }
  }
}

function byKey<Item>(items: Iterable<Item>, keyOf: (item: Item) => string | null): Map<string, Item[]> {
  const found = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    if (key === null) continue
    const known = found.get(key)
    if (known) known.push(item)
    else found.set(key, [item])
  }
  return found
}

const NONE: readonly never[] = []
const of = <Item>(items: ReadonlyMap<string, Item[]>, key: string | null): readonly Item[] =>
  (key === null ? undefined : items.get(key)) ?? NONE
