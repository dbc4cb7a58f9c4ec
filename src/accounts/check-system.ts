import type { Context } from '../context.js'
import { Sender } from '../db/models/sender.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { SystemCheck, type SystemCheckName } from '../db/models/system-check.js'
import { firstTouchTimes } from '../db/queries/first-touch-times.js'
import { inboxStanding } from '../db/queries/inbox-standing.js'
import { type Looked, noteCheck } from '../db/queries/note-check.js'
import { FIRST_TOUCH_PROMISE_MS } from '../domain/campaign.js'
import { stripeRefusal } from '../stripe/client.js'
import { verifyKey } from '../stripe/verify-key.js'
import { lookAtEndpoint } from '../stripe/webhook-endpoint.js'
import { currentConnection } from './connect-stripe.js'
import { webhookUrlOf } from './set-up-webhook.js'

/** An event that waits longer holds up a customer's first mail. */
const EVENTS_WAIT_MS = 5 * 60_000
/** Broken promises of so many days are told. */
const PROMISE_DAYS = 7
const DAY_MS = 86_400_000

const OK: Looked = { state: 'ok', because: null }
const attention = (because: string, detail: Looked['detail'] = {}): Looked => ({ state: 'attention', because, detail })
const unknown = (because: string): Looked => ({ state: 'unknown', because })

/**
 * Looks at what must hold for a workspace's work to go on, and notes how each stands. Whether the sums add up is noted by
 * the audit. Running it twice changes nothing but the time.
 *
 * @param isAsked the owner wants to know now: each permission is tried, which else happens once a day
 */
export async function checkSystem(
  context: Context,
  { workspaceId, isAsked = false }: { workspaceId: string; isAsked?: boolean },
): Promise<void> {
  const connection = await currentConnection(context.db, workspaceId)
  if (!connection?.api_key_sealed) return
  const looks: Record<Exclude<SystemCheckName, 'sums'>, () => Promise<Looked>> = {
    key: () => lookAtKey(context, connection, isAsked),
    webhook: () => lookAtWebhook(context, connection),
    sender: () => lookAtSender(context, workspaceId),
    events: () => lookAtEvents(context, connection),
    first_touch: () => lookAtFirstTouches(context, connection),
  }
  for (const [name, look] of Object.entries(looks)) {
    if (context.stopping.aborted) return
    await noteCheck(context.db, { workspaceId, name: name as SystemCheckName }, await look(), context.now())
  }
}

/** Connected workspaces, by id. */
export async function workspacesToCheck({ db }: Pick<Context, 'db'>): Promise<string[]> {
  const rows = await StripeConnection.query(db)
    .where({ replaced_at: null })
    .whereNotNull('api_key_sealed')
    .select('workspace_id')
  return rows.map(({ workspace_id }) => workspace_id)
}

/** What the owner is shown, in the order of the page. */
export async function readSystemChecks({ db }: Pick<Context, 'db'>, workspaceId: string): Promise<SystemCheck[]> {
  return SystemCheck.query(db).where({ workspace_id: workspaceId })
}

/** Valid, and may do what it could: a permission that was taken away is told until it is back. */
async function lookAtKey(context: Context, connection: StripeConnection, isAsked: boolean): Promise<Looked> {
  const before = await SystemCheck.query(context.db).findById([connection.workspace_id, 'key'])
  if (before && !isAsked && holdsStill(before, connection, context.now())) return before
  const verdict = await verifyKey(context.stripe(connection))
  if (verdict.kind === 'rejected') return attention('rejected')
  if (verdict.kind === 'unanswered') return unknown('unanswered')
  const told = Array.isArray(before?.detail.lost) ? (before.detail.lost as string[]) : []
  const worked = (connection.capabilities ?? [])
    .filter(({ result }) => result === 'works')
    .map(({ permission }) => permission)
  const lost = verdict.capabilities
    .filter(
      ({ permission, result }) => result === 'missing' && (worked.includes(permission) || told.includes(permission)),
    )
    .map(({ permission }) => permission)
  // What Stripe did not tell now stays as it was known.
  const known = verdict.capabilities.map((one) =>
    one.result === 'unknown'
      ? (connection.capabilities?.find(({ permission }) => permission === one.permission) ?? one)
      : one,
  )
  // Unless another key was saved meanwhile.
  const ofKey = { id: connection.id, api_key_sealed: connection.api_key_sealed }
  await StripeConnection.query(context.db)
    .where(ofKey)
    .patch({
      capabilities: JSON.stringify(known) as never,
      capabilities_checked_at: context.now(),
    })
  const triedAt = context.now().getTime()
  return lost.length > 0 ? attention('permissions_lost', { lost, triedAt }) : { ...OK, detail: { triedAt } }
}

/**
 * Each try of a permission is a failed call in the owner's log at Stripe. Whether Stripe refuses the key shows with every
 * other call.
 */
function holdsStill(
  { because, detail, state }: SystemCheck,
  { key_saved_at, rejected_at }: StripeConnection,
  now: Date,
): boolean {
  const triedAt = typeof detail.triedAt === 'number' ? detail.triedAt : 0
  const isRecent = now.getTime() - triedAt < DAY_MS && key_saved_at.getTime() <= triedAt
  return isRecent && rejected_at === null && (state === 'ok' || because === 'permissions_lost')
}

async function lookAtWebhook(context: Context, connection: StripeConnection): Promise<Looked> {
  try {
    const url = await webhookUrlOf(context, connection.workspace_id)
    const found = await lookAtEndpoint(context.stripe(connection), url)
    return found === 'as_wanted' ? OK : attention(found)
  } catch (error) {
    const refusal = stripeRefusal(error)
    if (refusal === null) throw error
    return unknown(refusal === 'permission_missing' ? 'not_allowed' : 'unanswered')
  }
}

/** As the provider last said. */
async function lookAtSender({ db, mail }: Context, workspaceId: string): Promise<Looked> {
  const sender = await Sender.query(db).findOne({ workspace_id: workspaceId })
  if (sender?.withdrawn_at) return attention(sender.withdrawn_because === 'key' ? 'key_refused' : 'domain_unverified')
  return sender || mail ? OK : attention('no_provider')
}

async function lookAtEvents({ db, now }: Context, { id, workspace_id }: StripeConnection): Promise<Looked> {
  const time = now()
  const { oldestWaitingAt, waiting } = await inboxStanding(db, {
    workspaceId: workspace_id,
    connectionId: id,
    now: time,
  })
  const isLate = oldestWaitingAt !== null && time.getTime() - oldestWaitingAt.getTime() > EVENTS_WAIT_MS
  return isLate ? attention('waiting', { waiting, oldestAt: oldestWaitingAt }) : OK
}

async function lookAtFirstTouches({ db, now }: Context, { id, workspace_id }: StripeConnection): Promise<Looked> {
  const time = now()
  const { breaches } = await firstTouchTimes(db, {
    workspaceId: workspace_id,
    connectionId: id,
    from: new Date(time.getTime() - PROMISE_DAYS * DAY_MS),
    until: time,
    now: time,
    promiseMs: FIRST_TOUCH_PROMISE_MS,
    marks: 1,
  })
  return breaches > 0 ? attention('broken', { breaches, days: PROMISE_DAYS }) : OK
}
