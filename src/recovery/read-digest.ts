import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { ToldSum } from '../db/models/told-sum.js'
import type { Workspace } from '../db/models/workspace.js'
import { stalledAfter } from '../db/queries/needs-human.js'
import { type RunningSums, runningSums } from '../db/queries/running-sums.js'
import { type HumanNeeds, readNeedsHuman } from './read-needs-human.js'

/** What there is to tell an owner since the last digest. */
export interface DigestNews {
  readonly connection: StripeConnection
  /** The currency with most cases first. */
  readonly currencies: readonly CurrencyNews[]
  readonly needs: HumanNeeds
  readonly since: Date
  /** What will have been told with this digest. */
  readonly sums: readonly RunningSums[]
}

/** What became different in one currency, and how it stands. Minor units; a correction may be negative. */
export interface CurrencyNews extends RunningSums {
  readonly stalledCases: number
  readonly stalled: number
}

/** More would be read by nobody; the panel has them all. */
const NEEDS_SHOWN = 10
const NO_NEEDS: HumanNeeds = { needs: [], total: 0 }

/**
 * Reads what the next digest tells: the difference of the figures of now and of those that were told, so that a payment
 * which became known late is told late, and none twice.
 *
 * @returns `null`: nothing to say
 */
export async function readDigest(context: Context, workspace: Workspace): Promise<DigestNews | null> {
  const { db, now } = context
  const { id: workspaceId } = workspace
  const connection = await latestConnection(db, workspaceId)
  if (!connection) return null
  const since = (await lastToldAt(db, workspaceId)) ?? workspace.digest_from ?? workspace.created_at
  const sums = await runningSums(db, workspaceId, connection.id)
  const told = await lastTold(db, connection)
  // After Stripe was disconnected nothing is open any more, and nobody can do anything about it.
  const isCurrent = connection.replaced_at === null
  const scope = { workspaceId, connectionId: connection.id, now: now() }
  const stalled = isCurrent ? await stalledAfter(db, scope, since) : []
  const needs = isCurrent ? await readNeedsHuman(context, workspaceId, connection.id, NEEDS_SHOWN) : NO_NEEDS
  const currencies = sums
    .toSorted((a, b) => b.cases - a.cases || a.currency.localeCompare(b.currency))
    .map((each) => {
      const standing = stalled.find(({ currency }) => currency === each.currency)
      const before = told.find(({ currency }) => currency === each.currency)
      return { ...changeOf(each, before), stalledCases: standing?.cases ?? 0, stalled: standing?.open ?? 0 }
    })
    .filter(isNews)
  return currencies.length > 0 || needs.total > 0 ? { connection, currencies, needs, since, sums } : null
}

/** Those of another connection are another account's, or of test money. */
const latestConnection = (db: Db, workspaceId: string) =>
  StripeConnection.query(db)
    .where({ workspace_id: workspaceId })
    .orderByRaw('replaced_at desc nulls first, created_at desc')
    .first()

function changeOf(sums: RunningSums, told: ToldSum | undefined): RunningSums {
  return {
    ...sums,
    cases: sums.cases - (told?.cases ?? 0),
    exposed: sums.exposed - (told?.exposed ?? 0),
    recoveredCases: sums.recoveredCases - (told?.recovered_cases ?? 0),
    cameBack: sums.cameBack - (told?.came_back ?? 0),
    assisted: sums.assisted - (told?.assisted ?? 0),
    wentBack: sums.wentBack - (told?.went_back ?? 0),
  }
}

const isNews = ({ cases, cameBack, wentBack, openCases }: CurrencyNews) =>
  cases > 0 || cameBack > 0 || wentBack !== 0 || openCases > 0

/** A digest that the provider refused was read by nobody; one that was surely never sent is gone. */
const readable = (db: Db, workspaceId: string) =>
  ToldSum.query(db)
    .leftJoin('mails', 'mails.id', 'told_sums.mail_id')
    .where({ 'told_sums.workspace_id': workspaceId, 'mails.refused_at': null })

/** The newest of each currency. */
const lastTold = (db: Db, { id, workspace_id }: StripeConnection): Promise<ToldSum[]> =>
  readable(db, workspace_id)
    .where({ 'told_sums.connection_id': id })
    .distinctOn('told_sums.currency')
    .orderBy(['told_sums.currency', { column: 'told_sums.told_at', order: 'desc' }])
    .select('told_sums.*')
    .execute()

async function lastToldAt(db: Db, workspaceId: string): Promise<Date | undefined> {
  const newest = await readable(db, workspaceId)
    .orderBy('told_sums.told_at', 'desc')
    .first()
    .select('told_sums.told_at')
  return newest?.told_at
}

/** @param mailId the digest that tells it; `null`: none, it is no news */
export async function rememberTold(
  { db, now }: Context,
  { id, workspace_id }: Pick<StripeConnection, 'id' | 'workspace_id'>,
  sums: readonly RunningSums[],
  mailId: string | null,
): Promise<void> {
  if (sums.length === 0) return
  await ToldSum.query(db).insert(
    sums.map(({ currency, cases, exposed, recoveredCases, cameBack, assisted, wentBack }) => ({
      workspace_id,
      connection_id: id,
      mail_id: mailId,
      told_at: now(),
      currency,
      cases,
      exposed,
      recovered_cases: recoveredCases,
      came_back: cameBack,
      assisted,
      went_back: wentBack,
    })),
  )
}

/** Whatever was before is no news: digests begin now. */
export async function tellFromNow(context: Context, workspaceId: string): Promise<void> {
  const { db } = context
  const connection = await latestConnection(db, workspaceId)
  if (!connection) return
  await rememberTold(context, connection, await runningSums(db, workspaceId, connection.id), null)
}
