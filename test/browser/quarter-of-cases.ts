import { randomUUID } from 'node:crypto'
import type { Context } from '../../src/context.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { aSentTouch, aStoredCase, DAY, HOUR } from '../support/stored-cases.js'

const SECOND = 1_000

type End = 'recovered' | 'lost' | 'forgiven' | 'dismissed'

/** Days ago, amount, how it ended after how many days, and whether that was our doing. */
type Line = readonly [ago: number, amount: number, currency: 'usd' | 'eur', end: End, after: number, assisted?: true]

const LINES: readonly Line[] = [
  [86, 24_900, 'usd', 'recovered', 0.1, true],
  [83, 149_000, 'usd', 'recovered', 2.2, true],
  [79, 4_900, 'usd', 'lost', 21],
  [77, 48_000, 'eur', 'recovered', 0.3, true],
  [74, 36_000, 'usd', 'recovered', 3.1],
  [70, 14_900, 'usd', 'recovered', 0.2, true],
  [66, 212_000, 'usd', 'lost', 21],
  [63, 24_900, 'usd', 'recovered', 1.4, true],
  [61, 12_000, 'eur', 'recovered', 5.0],
  [57, 48_000, 'usd', 'recovered', 0.1, true],
  [52, 9_900, 'usd', 'forgiven', 2.0],
  [48, 149_000, 'usd', 'recovered', 6.8, true],
  [45, 34_800, 'eur', 'lost', 21],
  [41, 14_900, 'usd', 'recovered', 0.5, true],
  [37, 96_000, 'usd', 'recovered', 1.1, true],
  [33, 24_900, 'usd', 'recovered', 3.0],
  [30, 71_400, 'eur', 'recovered', 0.2, true],
  [26, 4_900, 'usd', 'dismissed', 1.0],
  [22, 36_000, 'usd', 'recovered', 0.4, true],
  [17, 24_900, 'usd', 'recovered', 2.6],
  [12, 48_000, 'usd', 'recovered', 0.1, true],
  [9, 14_900, 'usd', 'recovered', 0.9, true],
]

const STATUS = { recovered: 'paid', lost: 'uncollectible', forgiven: 'void', dismissed: 'open' } as const

/** The weeks before the book of cases, as rows: what happened then is long over. */
export async function bookQuarter(context: Context, workspaceId: string): Promise<void> {
  const { db } = context
  const connection = await StripeConnection.query(db).findOne({ workspace_id: workspaceId }).throwIfNotFound()
  const of = { id: workspaceId, connectionId: connection.id }
  for (const [index, [ago, amount, currency, end, after, assisted = false]] of LINES.entries()) {
    const failedAt = new Date(Date.now() - ago * DAY - (index % 9) * HOUR)
    const endedAt = new Date(failedAt.getTime() + after * DAY)
    const paid = end === 'recovered'
    const booked = await aStoredCase(context, of, {
      currency,
      exposure: amount,
      recovered: 0,
      open: 0,
      [end]: amount,
      failed_at: failedAt,
      received_at: failedAt,
      opened_at: failedAt,
      as_of: endedAt,
      closed_at: endedAt,
      outcome: end,
      invoice_status: STATUS[end],
      amount_remaining: paid ? 0 : amount,
      amount_paid: paid ? amount : 0,
      settled_at: paid ? endedAt : null,
      paid_by: paid ? (assisted ? 'customer' : 'retry') : null,
      dismissed_at: end === 'dismissed' ? endedAt : null,
      assisted,
    })
    const sentAt = new Date(failedAt.getTime() + (3 + ((index * 37) % 50)) * SECOND)
    await aSentTouch(context, booked, sentAt, { due_at: failedAt })
  }
  for (let day = 88; day > 0; day -= 1) {
    const at = new Date(Date.now() - day * DAY)
    await StripeEvent.query(db).insert({
      id: randomUUID(),
      workspace_id: workspaceId,
      connection_id: connection.id,
      stripe_event_id: `evt_quarter${day}`,
      type: 'customer.updated',
      occurred_at: at,
      payload: '{}',
      received_at: at,
      processed_at: at,
      outcome: 'ignored',
    })
  }
}
