import { randomUUID } from 'node:crypto'
import type { Context } from '../context.js'
import { Diagnostic, type DiagnosticFailure } from '../db/models/diagnostic.js'
import { DiagnosticSlice } from '../db/models/diagnostic-slice.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { Workspace } from '../db/models/workspace.js'
import { forgetRecords } from '../db/queries/forget-records.js'
import { stripeCallsNow } from '../db/queries/stripe-calls-now.js'
import { type Stripe, stripeRefusal } from '../stripe/client.js'
import { readStripeClock } from '../stripe/listings.js'
import { LONG_READING, Pace, type RateLimits } from '../stripe/pace.js'
import { askForFirst } from './ask-for-diagnostic.js'
import { finishDiagnostic } from './finish-diagnostic.js'
import { firstSlices, ReadingPaused, readLists } from './read-lists.js'
import { LeaseLost, rowOf, StoredKeeper, sliceOf } from './stored-keeper.js'
import { windowUntil } from './window.js'

const LEASE_MS = 20_000
const RENEWED_EVERY_MS = 5_000
/** A run is of one moment: after a day of a silent Stripe it is given up. */
const LONGEST_MS = 86_400_000
const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 15 * 60_000

/** A run that this worker holds. */
interface Held {
  readonly run: Diagnostic
  readonly leaseId: string
  readonly connection: StripeConnection
}

/**
 * Goes on with the workspace's run, from where it was left, up to its report; a connection without any run gets its first. Safe to run twice, beside another worker
 * and after a crash: one worker holds the run at a time, and a page that was read is read again only when its commit was
 * lost. When Stripe does not answer, the run waits and goes on by itself; when it can't go on, it ends and says why.
 *
 * @param limits calls a second, where they are not Stripe's usual ones
 */
export async function runDiagnostic(
  context: Context,
  { workspaceId }: { workspaceId: string },
  limits?: RateLimits,
): Promise<void> {
  await askForFirst(context, workspaceId)
  const held = await claim(context, workspaceId)
  if (!held) return
  const over = new AbortController()
  const lease = setInterval(() => void renew(context, held, over), RENEWED_EVERY_MS)
  try {
    await work(context, held, over.signal, limits)
  } catch (error) {
    await breakOff(context, held, error)
  } finally {
    clearInterval(lease)
  }
}

async function claim(context: Context, workspaceId: string): Promise<Held | null> {
  const leaseId = randomUUID()
  const time = context.now()
  const [run] = await Diagnostic.query(context.db)
    .where({ workspace_id: workspaceId, ended_at: null })
    .where((free) => free.whereNull('leased_until').orWhere('leased_until', '<=', time))
    .where((due) => due.whereNull('retry_at').orWhere('retry_at', '<=', time))
    .patch({ lease_id: leaseId, leased_until: leaseEnd(time) })
    .returning('*')
  if (!run) return null
  const connection = await StripeConnection.query(context.db).findOne({
    workspace_id: workspaceId,
    id: run.connection_id,
    replaced_at: null,
  })
  if (connection?.api_key_sealed) return { run, leaseId, connection }
  await end(context, { run, leaseId }, 'disconnected')
  return null
}

const leaseEnd = (time: Date) => new Date(time.getTime() + LEASE_MS)

async function renew(context: Context, { run, leaseId }: Pick<Held, 'run' | 'leaseId'>, over: AbortController) {
  try {
    const held = await mine(context, run.id, leaseId).patch({ leased_until: leaseEnd(context.now()) })
    if (held === 0) over.abort()
  } catch (error) {
    context.log.warn({ err: error, diagnosticId: run.id }, 'the lease of a diagnostic could not be renewed')
  }
}

const mine = ({ db }: Pick<Context, 'db'>, id: string, leaseId: string) =>
  Diagnostic.query(db).where({ id, lease_id: leaseId, ended_at: null })

async function work(context: Context, held: Held, over: AbortSignal, limits?: RateLimits): Promise<void> {
  const { connection, leaseId } = held
  const stripe = context.stripe(connection)
  const { asked_at, began_at, tries } = held.run
  if (tries > 0 && context.now().getTime() - (began_at ?? asked_at).getTime() > LONGEST_MS) {
    await end(context, held, 'unreachable')
    return
  }
  const run = began_at ? held.run : await begin(context, held, stripe)
  if (!run.read_at) {
    const left = await DiagnosticSlice.query(context.db)
      .where({ workspace_id: run.workspace_id, diagnostic_id: run.id, done_at: null })
      .orderBy('until_second', 'desc')
    const pace = new Pace(limits ?? LONG_READING[connection.mode], context)
    const yielding = setInterval(() => void leaveToEvents(context, connection, pace), 1_000)
    try {
      await readLists({
        stripe,
        pace,
        keeper: new StoredKeeper(context.db, { id: run.id, workspace_id: run.workspace_id, leaseId }, context.now),
        slices: left.map(sliceOf),
        wait: context.wait,
        stopping: AbortSignal.any([context.stopping, over]),
        newId: randomUUID,
      })
    } finally {
      clearInterval(yielding)
    }
    if (context.stopping.aborted || over.aborted) throw new ReadingPaused('stopping')
    if ((await mine(context, run.id, leaseId).patch({ read_at: context.now(), tries: 0 })) === 0) throw new LeaseLost()
  }
  const workspace = await Workspace.query(context.db).findById(run.workspace_id).throwIfNotFound()
  await finishDiagnostic(context, { run, leaseId, livemode: connection.mode === 'live', timeZone: workspace.time_zone })
  await forgetRecords(context.db, run.workspace_id)
}

/** Sets the window, by Stripe's clock, and what there is to read. One commit. */
async function begin(context: Context, { run, leaseId }: Held, stripe: Stripe): Promise<Diagnostic> {
  const told = await readStripeClock(stripe)
  const now = context.now()
  const { from, inSeconds, until } = windowUntil(told ?? now)
  return context.db.transaction(async (trx) => {
    const [begun] = await mine({ db: trx }, run.id, leaseId)
      .whereNull('began_at')
      .patch({
        began_at: now,
        window_from: from,
        window_until: until,
        clock_ahead: told && Math.round((now.getTime() - told.getTime()) / 1_000),
        retry_at: null,
        tries: 0,
      })
      .returning('*')
    if (!begun) throw new LeaseLost()
    await DiagnosticSlice.query(trx).insert(firstSlices(inSeconds, randomUUID).map((slice) => rowOf(run, slice)))
    return begun
  })
}

/** What a customer waits for goes first: calls of events come off ours. */
async function leaveToEvents(context: Context, { id }: StripeConnection, pace: Pace): Promise<void> {
  try {
    pace.leave(await stripeCallsNow(context.db, id, context.now()))
  } catch (error) {
    context.log.warn({ err: error, connectionId: id }, 'how busy Stripe is with us could not be read')
  }
}

async function breakOff(context: Context, held: Held, error: unknown): Promise<void> {
  if (error instanceof LeaseLost) return
  const refusal = stripeRefusal(error)
  if (error instanceof ReadingPaused ? error.because === 'unreachable' : WAITS.includes(refusal ?? '')) {
    await pause(context, held)
  } else if (error instanceof ReadingPaused) {
    await mine(context, held.run.id, held.leaseId).patch({ leased_until: null })
  } else if (refusal) {
    context.log.warn({ err: error, diagnosticId: held.run.id }, 'a diagnostic can’t go on')
    await end(context, held, refusal === 'key_rejected' || refusal === 'permission_missing' ? refusal : 'refused')
  } else {
    await mine(context, held.run.id, held.leaseId).patch({ leased_until: null })
    throw error
  }
}

const WAITS: readonly string[] = ['unreachable', 'rate_limited']

async function pause(context: Context, { run, leaseId }: Held): Promise<void> {
  const { tries } = await Diagnostic.query(context.db).findById(run.id).throwIfNotFound()
  const wait = Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS)
  await mine(context, run.id, leaseId).patch({
    leased_until: null,
    retry_at: new Date(context.now().getTime() + wait),
    tries: tries + 1,
  })
}

async function end(
  context: Context,
  { run, leaseId }: Pick<Held, 'run' | 'leaseId'>,
  failure: DiagnosticFailure,
): Promise<void> {
  await mine(context, run.id, leaseId).patch({
    ended_at: context.now(),
    outcome: 'failed',
    failure,
    leased_until: null,
  })
  await forgetRecords(context.db, run.workspace_id)
}
