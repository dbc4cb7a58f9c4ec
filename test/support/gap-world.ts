import type { Context } from '../../src/context.js'
import type { Db } from '../../src/db/knex.js'
import { EventCheck } from '../../src/db/models/event-check.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { findGaps } from '../../src/diagnostics/find-gaps.js'
import { type StripeSimulator, startStripe } from '../simulator/index.js'
import type { RecordedEvent } from '../simulator/stripe/event-log.js'
import type { StripeOptions } from '../simulator/stripe/index.js'
import { CURRENT_VERSION } from '../simulator/stripe/versions/versions.js'
import { fakeContext } from './context.js'
import { aWorkspace, type TestWorkspace } from './factories.js'
import { pastEvents, store } from './past-events.js'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** A workspace that was connected to a simulated Stripe at `began`; both tell the time by one clock. */
export interface GapWorld {
  readonly stripe: StripeSimulator
  readonly context: Context
  readonly workspace: TestWorkspace
  readonly began: Date
  pass(ms: number): void
  /** The key that the product uses from now on; by default one that may read events and nothing else. */
  useKey(key?: string): Promise<void>
  /** The webhooks of these events arrive. */
  arrive(events: readonly RecordedEvent[]): Promise<unknown>
  /** What happened at Stripe of the types that matter to us. */
  happened(): RecordedEvent[]
  find(where?: Context): ReturnType<typeof findGaps>
  /** Ten minutes later, when no webhook is under way any more. */
  findLater(where?: Context): ReturnType<typeof findGaps>
  inbox(): Promise<StripeEvent[]>
  checks(): Promise<EventCheck[]>
  connection(): Promise<StripeConnection>
  patchConnection(patch: Partial<StripeConnection>): Promise<unknown>
  /** How often Stripe's event list was asked for. */
  listings(): number
}

export async function aGapWorld(db: Db, options: StripeOptions = {}): Promise<GapWorld> {
  const stripe = await startStripe({ seed: 'gaps', clock: { manual: true }, ...options })
  const { clock, livemode } = stripe.account
  const began = new Date(Date.UTC(2026, 8, 1))
  clock.setTo(began.getTime())
  const context: Context = {
    ...fakeContext({ db, settings: { stripeApiBase: stripe.url } }),
    now: () => new Date(clock.now()),
    wait: async (ms) => clock.advance(ms),
  }
  const workspace = await aWorkspace(context, { mode: livemode ? 'live' : 'test' })
  const mine = { workspace_id: workspace.id }
  const place = { workspaceId: workspace.id, field: 'stripe_connections.api_key' }
  const world: GapWorld = {
    stripe,
    context,
    workspace,
    began,
    pass: (ms) => clock.advance(ms),
    useKey: async (key = stripe.addKey(['rak_event_read'])) =>
      void (await world.patchConnection({ api_key_sealed: context.cipher.seal(key, place) })),
    arrive: (events) => store(context, workspace, stripe, events, CURRENT_VERSION),
    happened: () => pastEvents(stripe),
    find: (where = context) => findGaps(where, { workspaceId: workspace.id }),
    findLater(where = context) {
      clock.advance(10 * MINUTE)
      return world.find(where)
    },
    inbox: async () => StripeEvent.query(db).where(mine).orderBy('occurred_at'),
    checks: async () => EventCheck.query(db).where(mine).orderBy('began_at'),
    connection: async () => StripeConnection.query(db).findById(workspace.connectionId).throwIfNotFound(),
    patchConnection: (patch) => StripeConnection.query(db).findById(workspace.connectionId).patch(patch).execute(),
    listings: () => stripe.log.to('GET', '/v1/events').length,
  }
  await world.patchConnection({ created_at: began })
  await world.useKey()
  return world
}

/** Stripe's ids of events or of rows of the inbox, to compare. */
export const idsOf = (events: readonly (RecordedEvent | StripeEvent)[]) =>
  events.map((event) => ('stripe_event_id' in event ? event.stripe_event_id : event.id)).sort()
