import type { Context } from '../context.js'
import type { CheckFailure } from '../db/models/event-check.js'
import type { StripeConnection } from '../db/models/stripe-connection.js'
import { takeStripeCall } from '../recovery/take-stripe-call.js'
import { retryAfter, type Stripe, stripeRefusal } from '../stripe/client.js'
import { type EventQuery, listEvents } from '../stripe/list-events.js'

/** Calls a second of the account's budget, which processing shares: events that a customer waits for go first. */
const CALLS_A_SECOND = { test: 8, live: 20 }
const LONGEST_WAIT_MS = 30_000

const PAGE = 100
/** A page of large events may take Stripe longer than a call may last: the same is asked for in small ones. */
const SMALL_PAGE = 10

/** How often a call is repeated that Stripe had no time for. */
const REPEATS = 5

/** Reading ends before its time. */
export class ReadingStopped extends Error {
  /** @param failure `null`: the process is asked to stop */
  constructor(readonly failure: CheckFailure | null) {
    super('Reading the event list was stopped')
  }
}

/**
 * Reads Stripe's event list page by page, newest first, holding one page at a time. Waits for its share of the calls,
 * and for as long as Stripe asks.
 *
 * @throws what the SDK throws, or `ReadingStopped`
 */
export async function* readPages(
  context: Context,
  connection: StripeConnection,
  query: EventQuery,
): AsyncGenerator<Stripe.Event[]> {
  const stripe = context.stripe(connection)
  for (let after: string | null = null; ; ) {
    const page = await patiently(context, connection, (limit) => listEvents(stripe, query, { after, limit }))
    if (page.events.length > 0) yield page.events
    const last = page.events.at(-1)
    if (!page.hasMore || !last) return
    after = last.id
  }
}

async function patiently<Page>(
  context: Context,
  connection: StripeConnection,
  ask: (limit: number) => Promise<Page>,
): Promise<Page> {
  let limit = PAGE
  for (let repeats = 0; ; ) {
    await takeCall(context, connection)
    try {
      return await ask(limit)
    } catch (error) {
      const refusal = stripeRefusal(error)
      if (refusal === 'rate_limited' && repeats < REPEATS) {
        repeats += 1
        await context.wait(Math.min(retryAfter(error) ?? 1_000 * 2 ** repeats, LONGEST_WAIT_MS))
      } else if (refusal === 'unreachable' && limit === PAGE) {
        limit = SMALL_PAGE
      } else {
        throw error
      }
    }
  }
}

async function takeCall(context: Context, { id, mode }: StripeConnection): Promise<void> {
  const budget = { limit: CALLS_A_SECOND[mode], withinMs: LONGEST_WAIT_MS }
  if (await takeStripeCall(context, id, budget)) return
  throw new ReadingStopped(context.stopping.aborted ? null : 'rate_limited')
}
