import type { Context } from '../context.js'
import { CasePayment } from '../db/models/case-payment.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { StripeEvent } from '../db/models/stripe-event.js'
import type { InboxFilter } from '../domain/inbox-filter.js'

/** All but the payload, which may be large and tells of people. */
const SHOWN = [
  ...['id', 'stripe_event_id', 'type', 'occurred_at', 'received_at', 'backfilled_at', 'about'],
  ...['processed_at', 'outcome', 'detail', 'replayed_at'],
] as const
export type InboxEvent = Omit<
  StripeEvent,
  'payload' | 'workspace_id' | 'connection_id' | 'stripe_invoice_id' | 'replayed_by'
>

export type EventsCase = Pick<RecoveryCase, 'id' | 'customer_name' | 'customer_email'>

export interface InboxPage {
  /** Newest first. */
  readonly events: readonly InboxEvent[]
  /** The case that an event is about, by the event's id. */
  readonly cases: ReadonlyMap<string, EventsCase>
  /** Where the next page begins; `null`: this is the last one. */
  readonly olderThan: string | null
  /** Of all events. */
  readonly failed: number
  readonly waiting: number
}

interface Wanted {
  readonly workspaceId: string
  readonly connectionId: string
  /** `null`: all. */
  readonly only: InboxFilter | null
  /** The id of an event: the page begins after it. */
  readonly before: string | null
  readonly limit: number
}

/** One page of the webhook events of a connection. */
export async function readInbox({ db }: Context, wanted: Wanted): Promise<InboxPage> {
  const { workspaceId, connectionId, only, before, limit } = wanted
  const matching = (filter: InboxFilter | null) => {
    const events = StripeEvent.query(db).where({ workspace_id: workspaceId, connection_id: connectionId })
    if (filter === 'waiting') return events.whereNull('processed_at')
    return filter ? events.where({ outcome: filter }) : events
  }
  const page = matching(only)
    .orderBy([
      { column: 'received_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(limit + 1)
    .select(...SHOWN)
  if (before !== null) {
    page.whereRaw('(received_at, id) < (select received_at, id from stripe_events where workspace_id = ? and id = ?)', [
      workspaceId,
      before,
    ])
  }
  const [found, failed, waiting] = await Promise.all([
    page,
    matching('failed').resultSize(),
    matching('waiting').resultSize(),
  ])
  const events = found.slice(0, limit)
  return {
    events,
    cases: await casesOf(db, workspaceId, events),
    olderThan: found.length > limit ? (events.at(-1)?.id ?? null) : null,
    failed,
    waiting,
  }
}

/**
 * An event names its invoice or a payment of it. One that names only a subscription or customer, and moved a case, moved
 * the only one that they have: of several, nobody knows which.
 */
async function casesOf(
  db: Context['db'],
  workspaceId: string,
  events: readonly InboxEvent[],
): Promise<Map<string, EventsCase>> {
  const ids = [...new Set(events.flatMap(({ about }) => about))]
  const payments = await CasePayment.query(db)
    .where({ workspace_id: workspaceId })
    .whereIn('stripe_payment_id', ids)
    .select('case_id', 'stripe_payment_id')
  const cases = await RecoveryCase.query(db)
    .where({ workspace_id: workspaceId })
    .where((any) =>
      any
        .whereIn('stripe_invoice_id', ids)
        .orWhereIn('stripe_subscription_id', ids)
        .orWhereIn('stripe_customer_id', ids)
        .orWhereIn(
          'id',
          payments.map(({ case_id }) => case_id),
        ),
    )
    .select('id', 'stripe_invoice_id', 'stripe_subscription_id', 'stripe_customer_id')
    .select('customer_name', 'customer_email')

  const caseOf = ({ about, outcome }: InboxEvent) => {
    const names = (id: string | null) => id !== null && about.includes(id)
    const paid = new Set(payments.flatMap((each) => (names(each.stripe_payment_id) ? [each.case_id] : [])))
    const certain = cases.find(({ id, stripe_invoice_id }) => names(stripe_invoice_id) || paid.has(id))
    if (certain || outcome !== 'processed') return certain
    return (
      only(cases.filter(({ stripe_subscription_id }) => names(stripe_subscription_id))) ??
      only(cases.filter(({ stripe_customer_id }) => names(stripe_customer_id)))
    )
  }
  return new Map(
    events.flatMap((event) => {
      const found = caseOf(event)
      return found ? [[event.id, found] as const] : []
    }),
  )
}

const only = <Item>(items: readonly Item[]): Item | undefined => (items.length === 1 ? items[0] : undefined)
