import { type QueryBuilder, raw } from 'objection'
import type { Row } from '../models/row.js'

/**
 * Narrows cases to those that somebody may look for: by the beginning of the customer's name or mail address, or by an
 * invoice's number or id, a customer's or a subscription's id at Stripe. Each is answered by an index.
 */
export function searchCases(cases: QueryBuilder<Row, Row[]>, typed: string): void {
  const wanted = typed.trim()
  if (wanted === '' || wanted.includes('\u0000')) {
    cases.whereRaw('false')
    return
  }
  const beginning = `${wanted.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  cases.where((any) =>
    any
      .where(raw('lower(customer_name)'), 'like', beginning)
      .orWhere(raw('lower(customer_email)'), 'like', beginning)
      .orWhere(raw('upper(invoice_number)'), wanted.toUpperCase())
      .orWhere('stripe_invoice_id', wanted)
      .orWhere('stripe_customer_id', wanted)
      .orWhere('stripe_subscription_id', wanted),
  )
}
