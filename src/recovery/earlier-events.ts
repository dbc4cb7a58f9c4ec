import type { Db } from '../db/knex.js'
import { CasePayment } from '../db/models/case-payment.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'
import { StripeEvent } from '../db/models/stripe-event.js'
import { readNotice } from '../stripe/notice.js'
import { type EventNews, type News, paymentIdsIn } from './news.js'

/** What a case goes by. */
interface Bearings {
  readonly invoiceId: string
  readonly subscriptionId: string | null
  readonly customerId: string | null
  readonly currency: string
}

/** What one event of the inbox tells; `null` where no recovery step depends on it. */
export function newsOf(event: StripeEvent): EventNews | null {
  const notice = readNotice(event.type, event.payload, event.occurred_at)
  return notice && { notice, type: event.type, eventId: event.stripe_event_id, asOf: event.occurred_at }
}

/**
 * What was processed about these ids before the case knew them: perhaps the payment itself, or its refund. Events that
 * tell of further payments of the invoice lead on to what was said of those.
 */
async function readEarlierEvents(
  trx: Db,
  workspaceId: string,
  { invoiceId, subscriptionId, customerId, currency }: Bearings,
  ids: readonly string[],
): Promise<EventNews[]> {
  const found = new Map<string, EventNews>()
  const asked = new Set<string>()
  const concerns = ({ notice }: EventNews) => {
    if (notice.kind === 'invoice') return notice.facts.invoiceId === invoiceId && !notice.isFailure
    if (notice.kind === 'subscription') return notice.facts.subscriptionId === subscriptionId
    if (notice.kind === 'payment') return notice.invoiceId === invoiceId
    if (notice.kind === 'reversal') {
      return (notice.invoiceId ?? invoiceId) === invoiceId && notice.currency === currency
    }
    return customerId !== null && notice.about.includes(customerId)
  }
  for (let next = ids.filter((id) => !asked.has(id)); next.length > 0; ) {
    for (const id of next) asked.add(id)
    const events = await StripeEvent.query(trx)
      .where({ workspace_id: workspaceId })
      .whereNotNull('processed_at')
      .whereNot({ outcome: 'failed' })
      .whereRaw('about && ?::text[]', [next])
      .orderBy('occurred_at')
    const news = events.map(newsOf).filter((each) => each !== null && concerns(each)) as EventNews[]
    for (const each of news) found.set(each.eventId, each)
    next = paymentIdsIn({ events: news }).filter((id) => !asked.has(id))
  }
  return [...found.values()]
}

/** The news, and before them what was said of what the case knows only now. */
export async function withEarlier(
  trx: Db,
  recoveryCase: RecoveryCase,
  news: News,
  { isOpening }: { isOpening: boolean },
): Promise<News> {
  const { workspace_id, id, stripe_invoice_id, stripe_subscription_id, stripe_customer_id, currency } = recoveryCase
  const bearings = {
    invoiceId: stripe_invoice_id,
    subscriptionId: stripe_subscription_id,
    customerId: stripe_customer_id,
    currency,
  }
  const known = await CasePayment.query(trx).where({ workspace_id, case_id: id }).select('stripe_payment_id')
  const isNew = (paymentId: string) => known.every(({ stripe_payment_id }) => stripe_payment_id !== paymentId)
  const ids = [
    ...(isOpening ? [stripe_invoice_id, stripe_subscription_id, stripe_customer_id] : []),
    ...paymentIdsIn(news).filter(isNew),
  ].filter((each) => each !== null)
  const earlier = ids.length > 0 ? await readEarlierEvents(trx, workspace_id, bearings, ids) : []
  return { ...news, events: [...earlier, ...news.events] }
}
