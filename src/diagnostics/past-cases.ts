import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Diagnostic } from '../db/models/diagnostic.js'
import { DiagnosticFinding } from '../db/models/diagnostic-finding.js'
import { lookAtPast, openPastCase, type PastInvoice, type PastOutcome } from '../recovery/open-past-case.js'
import { type Rehearsal, type RehearsedPast, rehearse } from '../recovery/rehearse.js'

/** So many are looked at, and opened, at a time: each is asked of Stripe while the owner waits. */
export const PAST_AT_ONCE = 40
/** After Stripe was silent. */
const RETRY_MS = 60_000

interface OfConnection {
  readonly workspaceId: string
  readonly connectionId: string
}

/** What is still unpaid in the newest report and no case follows, the newest failures first: those come back most easily. */
export interface PastCandidates {
  readonly findings: readonly DiagnosticFinding[]
  /** Those beyond the first `PAST_AT_ONCE` too. */
  readonly total: number
}

export async function readPastCandidates({ db }: Pick<Context, 'db'>, of: OfConnection): Promise<PastCandidates> {
  const newest = await newestReport(db, of)
  if (!newest) return { findings: [], total: 0 }
  const [findings, total] = await Promise.all([
    candidates(db, newest).orderBy('first_failed_at', 'desc').orderBy('stripe_invoice_id').limit(PAST_AT_ONCE),
    candidates(db, newest).resultSize(),
  ])
  return { findings, total }
}

/** How many there are in the newest report. */
export async function countPastCandidates({ db }: Pick<Context, 'db'>, of: OfConnection): Promise<number> {
  const newest = await newestReport(db, of)
  return newest ? candidates(db, newest).resultSize() : 0
}

const newestReport = async (db: Db, { connectionId, workspaceId }: OfConnection) =>
  Diagnostic.query(db)
    .where({ workspace_id: workspaceId, connection_id: connectionId, outcome: 'finished' })
    .orderBy('asked_at', 'desc')
    .first()

const candidates = (db: Db, { id, workspace_id }: Diagnostic) =>
  DiagnosticFinding.query(db)
    .where({ workspace_id, diagnostic_id: id, apart: null, case_wanted_at: null })
    .where('open', '>', 0)
    .whereNotExists(
      db('recovery_cases').whereRaw(
        `recovery_cases.workspace_id = diagnostic_findings.workspace_id
         and recovery_cases.stripe_invoice_id = diagnostic_findings.stripe_invoice_id`,
      ),
    )

/** What would come of opening cases, without opening any. */
export interface PastRehearsal {
  readonly candidates: PastCandidates
  /** What each would come to, by invoice; `null`: Stripe did not answer. */
  readonly outcomes: ReadonlyMap<string, PastOutcome | null>
  /** The mails that would go out now. */
  readonly rehearsal: Rehearsal
}

/** The dry run: Stripe is asked for each invoice, cases are opened by the code that opens them, and all is rolled back. */
export async function rehearsePastCases(context: Context, of: OfConnection): Promise<PastRehearsal> {
  const found = await readPastCandidates(context, of)
  const outcomes = new Map<string, PastOutcome | null>()
  const looked = await Promise.all(
    found.findings.map(async (finding): Promise<RehearsedPast | null> => {
      const past = pastOf(of, finding, context.now())
      const truth = await lookAtPast(context, past)
      if (truth === null || truth === 'gone') outcomes.set(past.invoiceId, truth)
      return truth === null || truth === 'gone' ? null : { past, truth }
    }),
  )
  const pasts = looked.filter((each) => each !== null)
  const rehearsal = await rehearse(context, of.workspaceId, {
    pasts,
    onPast: ({ past }, outcome) => void outcomes.set(past.invoiceId, outcome),
  })
  return { candidates: found, outcomes, rehearsal }
}

const pastOf = (of: OfConnection, finding: DiagnosticFinding, wantedAt: Date): PastInvoice => ({
  ...of,
  invoiceId: finding.stripe_invoice_id,
  failedAt: finding.first_failed_at,
  wantedAt,
})

/**
 * The owner wants cases of these invoices of the newest report. What can't become one, and what has one, is left out.
 * Ring for the workspace after it; pressing twice opens none twice.
 *
 * @returns how many
 */
export async function wantPastCases(
  { db, now }: Context,
  of: OfConnection & { readonly invoiceIds: readonly string[] },
): Promise<number> {
  const newest = await newestReport(db, of)
  if (!newest) return 0
  return candidates(db, newest)
    .whereIn('stripe_invoice_id', [...of.invoiceIds])
    .patch({ case_wanted_at: now() })
}

/**
 * Opens the cases that the owner wanted, one after the other. What Stripe does not answer for is tried again in a minute.
 *
 * @returns whether touches may be due
 */
export async function openPastCases(
  context: Context,
  { workspaceId }: { workspaceId: string },
): Promise<{ touches: boolean }> {
  let touches = false
  for (let next = await claim(context, workspaceId); next; next = await claim(context, workspaceId)) {
    const { connection_id: connectionId } = await Diagnostic.query(context.db)
      .findById(next.diagnostic_id)
      .throwIfNotFound()
    const wantedAt = next.case_wanted_at ?? context.now()
    const outcome = await openPastCase(context, pastOf({ workspaceId, connectionId }, next, wantedAt))
    if (outcome === null) continue
    touches ||= outcome === 'opened'
    await ofFinding(context.db, next).patch({ case_settled_at: context.now(), case_came_to: outcome })
  }
  return { touches }
}

const ofFinding = (db: Db, { id }: DiagnosticFinding) => DiagnosticFinding.query(db).findById(id)

/** Workspaces with cases to open, by id. */
export async function findWantedPastCases(context: Context): Promise<string[]> {
  const rows = await due(context, context.db).distinct('workspace_id')
  return rows.map(({ workspace_id }) => workspace_id)
}

function due({ now }: Pick<Context, 'now'>, db: Db) {
  return DiagnosticFinding.query(db)
    .whereNotNull('case_wanted_at')
    .whereNull('case_settled_at')
    .where((free) =>
      free.whereNull('case_tried_at').orWhere('case_tried_at', '<=', new Date(now().getTime() - RETRY_MS)),
    )
}

/** Noted before anybody asks: a worker that dies has lost nothing, and no two ask at once. */
async function claim(context: Context, workspaceId: string): Promise<DiagnosticFinding | undefined> {
  return context.db.transaction(async (trx) => {
    const found = await due(context, trx)
      .where({ workspace_id: workspaceId })
      .orderBy('first_failed_at', 'desc')
      .first()
      .forUpdate()
      .skipLocked()
    if (found) await ofFinding(trx, found).patch({ case_tried_at: context.now() })
    return found
  })
}
