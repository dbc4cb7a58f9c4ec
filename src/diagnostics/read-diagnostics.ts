import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Diagnostic } from '../db/models/diagnostic.js'
import { DiagnosticFinding } from '../db/models/diagnostic-finding.js'
import { DiagnosticSlice } from '../db/models/diagnostic-slice.js'
import { reportTrend, type TrendPoint } from '../db/queries/report-trend.js'
import type { Report } from '../domain/diagnostic-report.js'
import type { ListingName } from '../stripe/listings.js'
import { type Progress, progressOf } from './progress.js'

/** All that the owner is shown of the diagnostics of a connection. */
export interface Diagnostics {
  /** Under way, or waiting for a worker. */
  readonly running: { readonly run: Diagnostic; readonly progress: Progress } | null
  /** Ended after the report that is shown, without one of its own. */
  readonly endedWithout: Diagnostic | null
  readonly shown: ShownReport | null
  /** The newest runs with a report, newest first, a row for each currency. */
  readonly trend: readonly TrendPoint[]
}

export interface ShownReport {
  readonly run: Diagnostic
  readonly report: Report
  readonly invoicesRead: number
  /** Objects that could not be understood. */
  readonly unreadable: number
  /** Names of the customers who lost most, by their ids. */
  readonly names: ReadonlyMap<string, string>
  /** The newest there is. */
  readonly isNewest: boolean
}

const RUNS_SHOWN = 13

interface Wanted {
  readonly workspaceId: string
  readonly connectionId: string
  /** `null`: the newest report. */
  readonly runId: string | null
}

/** @returns `null` when there is no such run with a report */
export async function readDiagnostics({ db }: Pick<Context, 'db'>, wanted: Wanted): Promise<Diagnostics | null> {
  const { connectionId, runId, workspaceId } = wanted
  const runs = () =>
    Diagnostic.query(db).where({ workspace_id: workspaceId, connection_id: connectionId }).orderBy('asked_at', 'desc')
  const newest = await runs().where({ outcome: 'finished' }).first()
  const run = runId === null || runId === newest?.id ? newest : await runs().findOne({ id: runId, outcome: 'finished' })
  if (runId !== null && !run) return null
  const last = await runs().first()
  const [slices, runningSlices, trend] = await Promise.all([
    run ? slicesOf(db, run) : [],
    last && !last.ended_at ? slicesOf(db, last) : [],
    reportTrend(db, { workspaceId, connectionId, runs: RUNS_SHOWN }),
  ])
  return {
    running: last && !last.ended_at ? { run: last, progress: progressOf(runningSlices.map(progressOfSlice)) } : null,
    endedWithout: last?.ended_at && last.outcome !== 'finished' ? last : null,
    shown: run?.report
      ? {
          run,
          report: run.report,
          invoicesRead: slices.filter(({ listing }) => listing === 'invoices').reduce((sum, { seen }) => sum + seen, 0),
          unreadable: slices.reduce((sum, { unreadable }) => sum + unreadable, 0),
          names: await namesOf(db, run, run.report),
          isNewest: run.id === newest?.id,
        }
      : null,
    trend,
  }
}

/** Where the first diagnostic of a connection stands; `null`: none was asked for yet. */
export async function diagnosticStanding(
  { db }: Pick<Context, 'db'>,
  { connectionId, workspaceId }: Pick<Wanted, 'workspaceId' | 'connectionId'>,
): Promise<'under way' | 'ended' | null> {
  const ofConnection = Diagnostic.query(db).where({ workspace_id: workspaceId, connection_id: connectionId })
  const first = await ofConnection.orderByRaw('ended_at nulls last').first().select('ended_at')
  if (!first) return null
  return first.ended_at ? 'ended' : 'under way'
}

const slicesOf = async (db: Db, { id, workspace_id }: Diagnostic) =>
  DiagnosticSlice.query(db).where({ workspace_id, diagnostic_id: id })

function progressOfSlice(row: DiagnosticSlice) {
  const { after_second, done_at, from_second, listing, pages, seen, until_second } = row
  return {
    listing: listing as ListingName,
    from: from_second,
    until: until_second,
    readDownTo: done_at ? from_second : (after_second ?? until_second),
    pages,
    seen,
  }
}

/** Names stand with the findings alone: a customer who is forgotten has none there. */
async function namesOf(db: Db, { id, workspace_id }: Diagnostic, { currencies }: Report): Promise<Map<string, string>> {
  const customers = currencies.flatMap(({ largest }) => largest.flatMap(({ customerId }) => customerId ?? []))
  const rows = await DiagnosticFinding.query(db)
    .where({ workspace_id, diagnostic_id: id })
    .whereIn('stripe_customer_id', customers)
    .whereNotNull('customer_name')
    .select('stripe_customer_id', 'customer_name')
  return new Map(rows.map(({ customer_name, stripe_customer_id }) => [stripe_customer_id ?? '', customer_name ?? '']))
}
