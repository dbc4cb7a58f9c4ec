import type { Context } from '../context.js'
import { type CheckFailure, EventCheck } from '../db/models/event-check.js'
import { StripeConnection } from '../db/models/stripe-connection.js'

/** How Stripe's event list and the inbox stand to each other. */
export interface EventChecks {
  /** Everything that happened at Stripe up to here is in the inbox; `null`: not compared yet. */
  readonly checkedUntil: Date | null
  readonly lastCheckAt: Date | null
  /** Why the last check did not come to its end, for the owner; `null`: it did. */
  readonly failure: string | null
  /** Checks that found events missing, newest first. */
  readonly gaps: readonly Gap[]
  /** Times that could not be compared any more, newest first: Stripe lists 30 days. */
  readonly outOfReach: readonly { readonly from: Date; readonly until: Date }[]
}

export interface Gap {
  readonly from: Date
  readonly until: Date
  readonly foundAt: Date
  /** Events that were missing, and are in the inbox now. */
  readonly events: number
}

const SHOWN = 50

const WORDS: Record<CheckFailure, string> = {
  unreachable: 'Stripe did not answer. We ask again every ten minutes.',
  rate_limited: 'Stripe had no time for us. We go on from there every ten minutes.',
  key_rejected: 'Stripe refuses the key. Save one that works, and we go on from there.',
  permission_missing:
    'The key may not read events. Add “Events, read” to it in Stripe: until then gaps are not noticed.',
  refused: 'Stripe did not accept our question. We ask again every ten minutes.',
}

/** What the last 90 days' checks of a connection came to. */
export async function readEventChecks(
  { db }: Context,
  workspaceId: string,
  connectionId: string,
): Promise<EventChecks> {
  const checks = () =>
    EventCheck.query(db).where({ workspace_id: workspaceId, connection_id: connectionId }).orderBy('ended_at', 'desc')
  const connection = await StripeConnection.query(db).findOne({ workspace_id: workspaceId, id: connectionId })
  const last = await checks().first()
  const gaps = await checks().where('events_missing', '>', 0).limit(SHOWN)
  const outOfReach = await checks().whereNotNull('out_of_reach_until').limit(SHOWN)
  return {
    checkedUntil: connection?.events_checked_until ?? null,
    lastCheckAt: last?.ended_at ?? null,
    failure: last?.failure ? WORDS[last.failure] : null,
    gaps: gaps.map((check) => ({
      from: check.from_at,
      until: check.to_at,
      foundAt: check.ended_at,
      events: check.events_missing,
    })),
    outOfReach: outOfReach.flatMap(({ out_of_reach_from: from, out_of_reach_until: until }) =>
      from && until ? [{ from, until }] : [],
    ),
  }
}
