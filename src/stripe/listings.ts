import type { BillingRecord } from '../domain/diagnosis.js'
import { PermanentError } from '../errors.js'
import {
  chargeRecord,
  creditRecord,
  disputeRecord,
  intentRecord,
  invoiceRecord,
  paymentRecord,
  type RecordReader,
  subscriptionRecord,
} from './billing-records.js'
import { retryAfter, type Stripe } from './client.js'
import { countOf, fieldsOf, textOf } from './json.js'

export type ListingName =
  | 'invoices'
  | 'payments'
  | 'charges'
  | 'open_invoices'
  | 'open_payments'
  | 'credit_notes'
  | 'disputes'

/** What one page is asked for. Times in seconds since 1970. */
export interface PageQuery {
  readonly from: number
  /** Before it, not at it. */
  readonly until: number
  /** The id of the last object of the page before. */
  readonly after: string | null
  readonly limit: number
}

export interface Listed {
  readonly id: string
  readonly createdAt: number
  readonly records: readonly BillingRecord[]
  /** It lacks what the figures need, or is not what it should be. */
  readonly isUnreadable: boolean
}

/** One of Stripe's lists, by the time at which things were made, newest first. */
export interface Listing {
  readonly name: ListingName
  /** As Stripe counts its rate. */
  readonly endpoint: string
  /** Believed to be what a key needs; a refusal names it better. */
  readonly permission: string
  page(stripe: Stripe, query: PageQuery): Promise<{ objects: Listed[]; hasMore: boolean }>
}

type Params = Stripe.PaginationParams & { created: Stripe.RangeQueryParam; expand?: string[] }
type Ask = (stripe: Stripe, params: Params, options: Stripe.RequestOptions) => Promise<Stripe.ApiList<unknown>>

/** Nobody waits at a page: a hundred large objects may take Stripe a while. */
const PATIENCE_MS = 20_000

/**
 * All that the diagnostic reads. An expansion may go four levels deep, so why open payments failed and which
 * subscriptions ended are asked of the open ones only, in lists of their own.
 */
export const LISTINGS: readonly Listing[] = [
  listing('invoices', 'invoices', 'rak_invoice_read', invoiceRecord, (stripe, params, options) =>
    stripe.invoices.list(params, options),
  ),
  listing('payments', 'invoice_payments', 'rak_invoice_read', paymentRecord, (stripe, params, options) =>
    stripe.invoicePayments.list(params, options),
  ),
  listing('charges', 'charges', 'rak_charge_read', chargeRecord, (stripe, params, options) =>
    stripe.charges.list(params, options),
  ),
  listing('open_invoices', 'invoices', 'rak_subscription_read', subscriptionRecord, (stripe, params, options) =>
    stripe.invoices.list(
      { ...params, status: 'open', expand: ['data.parent.subscription_details.subscription'] },
      options,
    ),
  ),
  listing('open_payments', 'invoice_payments', 'rak_payment_intent_read', intentRecord, (stripe, params, options) =>
    stripe.invoicePayments.list({ ...params, status: 'open', expand: ['data.payment.payment_intent'] }, options),
  ),
  listing('credit_notes', 'credit_notes', 'rak_credit_note_read', creditRecord, (stripe, params, options) =>
    stripe.creditNotes.list(params, options),
  ),
  listing('disputes', 'disputes', 'rak_dispute_read', disputeRecord, (stripe, params, options) =>
    stripe.disputes.list(params, options),
  ),
]

function listing(name: ListingName, endpoint: string, permission: string, read: RecordReader, ask: Ask): Listing {
  return {
    name,
    endpoint,
    permission,
    async page(stripe, { from, until, after, limit }) {
      const params = { limit, created: { gte: from, lt: until }, ...(after && { starting_after: after }) }
      const { data, has_more } = await ask(stripe, params, { timeout: PATIENCE_MS })
      return { objects: data.map((object) => listed(object, read)), hasMore: has_more }
    },
  }
}

function listed(object: unknown, read: RecordReader): Listed {
  const { id, created } = fieldsOf(object)
  const place = { id: textOf(id) ?? '', createdAt: countOf(created) ?? 0 }
  try {
    return { ...place, records: read(object), isUnreadable: false }
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    return { ...place, records: [], isUnreadable: true }
  }
}

/** What Stripe's refusal of one call too many says. Source of the header: docs.stripe.com/rate-limits */
export function tooManyCalls(error: unknown): { askedMs: number | null; isOfAll: boolean } {
  const headers = fieldsOf((error as { headers?: unknown }).headers)
  const reason = textOf(headers['stripe-rate-limited-reason'])
  return { askedMs: retryAfter(error), isOfAll: reason === null || reason.startsWith('global') }
}

/** Stripe's clock, and whether the key may list invoices at all. */
export async function readStripeClock(stripe: Stripe): Promise<Date | null> {
  const { lastResponse } = await stripe.invoices.list({ limit: 1 }, { timeout: PATIENCE_MS })
  const told = new Date(lastResponse.headers.date ?? '')
  return Number.isNaN(told.getTime()) ? null : told
}

/** The permission that a refusal names, where it names one. */
export const permissionIn = (error: unknown): string | null => /\brak_\w+/.exec((error as Error).message)?.[0] ?? null
