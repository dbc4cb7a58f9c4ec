import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Diagnostic } from '../db/models/diagnostic.js'
import { DiagnosticFinding } from '../db/models/diagnostic-finding.js'
import { ForgottenCustomer } from '../db/models/forgotten-customer.js'
import { Workspace } from '../db/models/workspace.js'
import { promptedInvoices } from '../db/queries/prompted-invoices.js'
import { type RecordOf, type RecordsOf, recordsAfter, recordsById, recordsTiedTo } from '../db/queries/read-records.js'
import type { BillingRecord, Dossier } from '../domain/diagnosis.js'
import { type Report, ReportBuilder } from '../domain/diagnostic-report.js'
import { type LeakGrowth, leakGrowth } from '../domain/leak.js'
import { addUp, type Counting, type Placed } from './add-up.js'
import { dossiersOf, KIND_OF } from './dossiers.js'
import { LeaseLost } from './stored-keeper.js'

interface Finishing {
  readonly run: Diagnostic
  readonly leaseId: string
  readonly livemode: boolean
  readonly timeZone: string
}

/** Invoices that are looked at together, with all that belongs to them. */
const BATCH = 1_000

/**
 * Adds up what was read: findings and report are one commit, then what was read is forgotten. Holds a batch of invoices at
 * a time.
 *
 * @throws LeaseLost when somebody else has the run, or it was ended
 */
export async function finishDiagnostic(
  context: Context,
  { run, leaseId, livemode, timeZone }: Finishing,
): Promise<void> {
  const { id, workspace_id } = run
  // So much came in so fast that Postgres does not know it yet, and would read all of it for each batch.
  await context.db.raw('analyze diagnostic_records')
  await context.db.transaction(async (trx) => {
    const current = await Diagnostic.query(trx)
      .findOne({ workspace_id, id, lease_id: leaseId, ended_at: null })
      .forNoKeyUpdate()
    if (!current) throw new LeaseLost()
    const builder = new ReportBuilder()
    const place: RecordsOf = { workspaceId: workspace_id, diagnosticId: id }
    // Whoever is forgotten meanwhile waits for this run's row, and then finds what it wrote.
    const unread = new Set(current.unread.map(({ listing }) => KIND_OF[listing as keyof typeof KIND_OF]))
    for await (const invoices of batches(trx, place)) {
      const prompted = await promptedInvoices(
        trx,
        workspace_id,
        invoices.map((invoice) => invoice.id),
      )
      const counting: Counting = { livemode, timeZone, wasPrompted: (invoiceId) => prompted.has(invoiceId) }
      const failed = [...addUp(builder, await beside(trx, place, invoices, unread), counting)]
      if (failed.length > 0) await DiagnosticFinding.query(trx).insert(failed.map((each) => rowOf(current, each)))
    }
    await DiagnosticFinding.query(trx)
      .where({ workspace_id, diagnostic_id: id })
      .whereIn('stripe_customer_id', ForgottenCustomer.query(trx).where({ workspace_id }).select('stripe_customer_id'))
      .patch({ customer_name: null })
    const report = builder.report()
    const growth = await growthSince(trx, current, report)
    await current.$query(trx).patch({
      ended_at: context.now(),
      outcome: 'finished',
      report,
      leased_until: null,
      // As text: of an array the driver would make one of Postgres's own.
      ...(growth.length > 0 && { leak_grew_at: context.now(), leak_growth: JSON.stringify(growth) as never }),
    })
  })
}

/** Where the leak has grown past the owner's threshold since the run before. */
async function growthSince(trx: Db, run: Diagnostic, report: Report): Promise<LeakGrowth[]> {
  const { leak_threshold: threshold } = await Workspace.query(trx).findById(run.workspace_id).throwIfNotFound()
  if (threshold === null) return []
  const before = await Diagnostic.query(trx)
    .where({ workspace_id: run.workspace_id, connection_id: run.connection_id, outcome: 'finished' })
    .orderBy('asked_at', 'desc')
    .first()
  return before?.report ? leakGrowth(before.report, report, threshold) : []
}

async function* batches(db: Db, place: RecordsOf): AsyncGenerator<RecordOf<'invoice'>[]> {
  for (let after = ''; ; ) {
    const invoices = await recordsAfter(db, place, { kind: 'invoice', after, limit: BATCH })
    if (invoices.length > 0) yield invoices
    if (invoices.length < BATCH) return
    after = invoices.at(-1)?.id ?? ''
  }
}

async function beside(
  db: Db,
  place: RecordsOf,
  invoices: readonly RecordOf<'invoice'>[],
  unread: ReadonlySet<BillingRecord['kind']>,
): Promise<Iterable<Dossier>> {
  const ids = invoices.map(({ id }) => id)
  const unlessUnread = async <Kind extends BillingRecord['kind']>(kind: Kind, read: () => Promise<RecordOf<Kind>[]>) =>
    unread.has(kind) ? [] : read()
  const payments = await recordsTiedTo(db, place, 'payment', ids)
  const intents = payments.flatMap(({ intentId }) => intentId ?? [])
  const direct = payments.flatMap(({ chargeId }) => chargeId ?? [])
  const subscriptions = invoices.flatMap(({ status, subscriptionId }) => (status === 'open' && subscriptionId) || [])
  const charges = await unlessUnread('charge', async () => [
    ...(await recordsTiedTo(db, place, 'charge', [...intents, ...ids])),
    ...(direct.length > 0 ? await recordsById(db, place, 'charge', direct) : []),
  ])
  const disputed = charges.filter(({ disputed: isDisputed }) => isDisputed).map(({ id }) => id)
  const ended = await unlessUnread('subscription', () => recordsById(db, place, 'subscription', subscriptions))
  return dossiersOf(invoices, {
    payments,
    charges: unread.has('charge') ? null : charges,
    intents: await unlessUnread('intent', () => recordsById(db, place, 'intent', intents)),
    credits: unread.has('credit') ? null : await recordsTiedTo(db, place, 'credit', ids),
    disputes: await unlessUnread('dispute', () => recordsTiedTo(db, place, 'dispute', disputed)),
    endedSubscriptions: new Set(ended.filter(({ endedAt }) => endedAt !== null).map(({ id }) => id)),
  })
}

function rowOf({ id, workspace_id }: Diagnostic, { apart, finding, wasPrompted, week }: Placed) {
  const { outOfBand, ...parts } = finding.parts
  return {
    workspace_id,
    diagnostic_id: id,
    stripe_invoice_id: finding.invoiceId,
    invoice_number: finding.number,
    stripe_customer_id: finding.customerId,
    customer_name: finding.customerName,
    stripe_subscription_id: finding.subscriptionId,
    plan: finding.plan,
    billing_reason: finding.billingReason,
    apart,
    currency: finding.currency,
    first_failed_at: new Date(finding.firstFailedAt * 1_000),
    recovered_at: finding.recoveredAt === null ? null : new Date(finding.recoveredAt * 1_000),
    week,
    decline_class: finding.declineClass,
    decline_code: finding.declineCode,
    never_retried: finding.neverRetried,
    was_prompted: wasPrompted,
    at_risk: finding.atRisk,
    ...parts,
    out_of_band: outOfBand,
  }
}
