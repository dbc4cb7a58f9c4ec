import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { openQueueStore } from '../../jobs/queue.js'
import { runJobs } from '../../jobs/run-jobs.js'
import { askForLink } from '../../src/accounts/ask-for-link.js'
import { askToConfirm } from '../../src/accounts/ask-to-confirm.js'
import { deleteWorkspace } from '../../src/accounts/delete-workspace.js'
import { findSession } from '../../src/accounts/sessions.js'
import { createSignInLink, inspectSignInLink, signIn } from '../../src/accounts/sign-in.js'
import { rotateWebhookUrl } from '../../src/accounts/webhook-url.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { noteCheck } from '../../src/db/queries/note-check.js'
import { findGaps } from '../../src/diagnostics/find-gaps.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { findPending } from '../../src/recovery/find-pending.js'
import { followLink } from '../../src/recovery/follow-link.js'
import { forgetCustomer } from '../../src/recovery/forget-customer.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { setDigest } from '../../src/recovery/set-digest.js'
import { suppress } from '../../src/recovery/suppressions.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { eventually } from '../support/eventually.js'
import { aStoredEvent, aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'
import { A_PERSON } from '../support/link-requests.js'
import nock from '../support/nock.js'
import { aStoredSender } from '../support/stored-sender.js'
import { stripeAnswersOnly } from '../support/stripe-answers.js'
import { postEvent, serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
const { db } = database
let context: FakeContext
let workspace: TestWorkspace
let web: TestWeb
beforeAll(async () => {
  web = await serveApp((appUrl) => fakeContext({ db, settings: { appUrl } }))
})
beforeEach(async () => {
  await db('owners').delete()
  context = fakeContext({ db })
  workspace = await aWorkspace(context)
  stripeAnswersOnly(503)
})
afterEach(() => nock.cleanAll())
afterAll(() => web.close())

const remove = (typedName = 'Fernhill') => deleteWorkspace(context, { workspaceId: workspace.id, typedName })
const fail = (id: string) =>
  aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice('2026-10-28.endive', { id }))
const tokenIn = (text = '') => /(?:token=|\/r\/)([\w-]{20,})/.exec(text)?.[1] ?? ''

/** Something in every table that can hold something of a workspace. */
async function aFullWorkspace() {
  await processEvent(context, await fail('in_1'))
  await deliverTouches(context, { workspaceId: workspace.id })
  await processEvent(context, await fail('in_2'))
  await fail('in_3')
  await forgetCustomer(context, { workspaceId: workspace.id, stripeCustomerId: 'cus_other' })
  await aRowEach()
  for (const frequency of ['off', 'daily'] as const) await setDigest(context, workspace.id, frequency)
  context.advance(5 * 60_000)
  await findGaps(context, { workspaceId: workspace.id })
  await rotateWebhookUrl(context, { workspaceId: workspace.id, overlapHours: 1 })
  const { id: ownerId, email } = workspace.owner
  await askToConfirm(context, { ownerId, purpose: 'owner', email: 'n@fernhill.example', workspaceName: 'Fernhill' })
  const asked = await askForLink(context, { email, client: 'c', browserToken: 'b' })
  if (asked.kind === 'asked') await asked.sending
  await signIn(context, { token: tokenIn(await createSignInLink(context, ownerId)), browserToken: null, userAgent: '' })
}

/** What refunds, new cards and bounces would leave behind. */
async function aRowEach() {
  const workspace_id = workspace.id
  const at = context.now()
  const { id: case_id } = await RecoveryCase.query(db).findOne({ workspace_id }).throwIfNotFound()
  const reversal = { key: 'du_1', kind: 'dispute', amount: 100, as_of: at, is_final: false }
  const payment = { payment_method_id: 'pm_1', card: 'c', occasion: 'o', idempotency_key: 'k', planned_at: at }
  await db('case_reversals').insert({ workspace_id, case_id, ...reversal })
  await db('case_payments').insert({ workspace_id, case_id, stripe_payment_id: 'pi_1' })
  await db('card_hints').insert({ workspace_id, case_id, kind: 'attached', payment_method_id: 'pm_1', at })
  await db('card_payments').insert({ workspace_id, case_id, ...payment, lease_until: at })
  await suppress(db, { workspaceId: workspace_id, address: 'gone@customers.example', reason: 'bounced', at })
  const step = { plan: 'every', step: 1, wait_minutes: 60, template: 'reminder', is_on: true }
  await db('campaign_steps').insert({ workspace_id, ...step })
  await aStoredSender(context, workspace_id)
  const run = { workspace_id, connection_id: workspace.connectionId, reason: 'owner', asked_at: at }
  const [diagnostic] = await db('diagnostics').insert(run).returning('id')
  const ofRun = { workspace_id, diagnostic_id: diagnostic.id }
  await db('diagnostic_slices').insert({
    ...ofRun,
    id: randomUUID(),
    listing: 'charges',
    from_second: 0,
    until_second: 1,
  })
  await db('diagnostic_records').insert({ ...ofRun, kind: 'charge', stripe_id: 'ch_1', record: {} })
  await db('diagnostic_findings').insert({ ...ofRun, ...A_FINDING, first_failed_at: at })
  await noteCheck(db, { workspaceId: workspace_id, name: 'sums' }, { state: 'ok', because: null }, at)
}

const A_FINDING = {
  stripe_invoice_id: 'in_1',
  billing_reason: 'subscription_cycle',
  currency: 'usd',
  week: '2026-11-16',
  decline_class: 'unknown',
  never_retried: false,
  was_prompted: false,
  at_risk: 100,
  open: 100,
  ...Object.fromEntries(
    ['lost', 'retried', 'paid', 'late', 'out_of_band', 'unclear', 'returned', 'forgiven'].map((part) => [part, 0]),
  ),
}

const SHARED = ['knex_migrations', 'knex_migrations_lock', 'rate_limits', 'mail_pacing']

/** How many rows each table has, but for those that belong to no workspace. */
async function counts(): Promise<Record<string, number>> {
  const tables: string[] = await db('information_schema.tables')
    .where({ table_schema: 'public', table_type: 'BASE TABLE' })
    .whereNotIn('table_name', SHARED)
    .orderBy('table_name')
    .pluck('table_name')
  const rows = await Promise.all(
    tables.map(async (table) => [table, (await db(table).count().first())?.count] as const),
  )
  return Object.fromEntries(rows.map(([table, count]) => [table, Number(count)]))
}

describe('deleting a workspace', () => {
  it('leaves no row of it in any table', async () => {
    await aFullWorkspace()
    const before = await counts()
    const { stripe_budgets: _, ...filled } = before
    expect(Object.entries(filled).filter(([, count]) => count === 0)).toEqual([])

    expect(await remove()).toEqual({ kind: 'deleted', farewell: 'sent' })

    expect(Object.entries(await counts()).filter(([, count]) => count > 0)).toEqual([])
  })

  it('leaves another workspace as it was', async () => {
    const other = await aWorkspace(context)
    const before = await counts()
    const mine = workspace
    workspace = await aWorkspace(context, { name: 'Third' })
    await aFullWorkspace()
    expect(await remove('Third')).toMatchObject({ kind: 'deleted' })

    expect(await counts()).toEqual(before)
    const kept = await db('workspaces').pluck('id')
    expect(kept.sort()).toEqual([mine.id, other.id].sort())
  })

  it('needs the name as it is', async () => {
    for (const typed of ['', 'fernhill', 'Fernhill & Co', workspace.id]) {
      expect(await remove(typed)).toEqual({ kind: 'not_confirmed' })
    }
    expect(await db('workspaces').where({ id: workspace.id })).toHaveLength(1)
    expect(await remove(' Fernhill ')).toMatchObject({ kind: 'deleted' })
  })

  it('says farewell once, however often and however close together it is asked for', async () => {
    const all = await Promise.all([remove(), remove(), remove()])
    expect(all.map(({ kind }) => kind).sort()).toEqual(['deleted', 'gone', 'gone'])
    expect(await remove()).toEqual({ kind: 'gone' })
    expect(context.outbox.map(({ to, subject }) => [to, subject])).toEqual([
      [workspace.owner.email, 'Fernhill was deleted from SecondLoop'],
    ])
  })

  it('is deleted even when the farewell is not taken, and does not log the address', async () => {
    context.answers = Array(3).fill({ kind: 'not_accepted', reason: 'down', retryAfterMs: 1, isThrottled: false })
    expect(await remove()).toEqual({ kind: 'deleted', farewell: 'not_sent' })
    expect(await db('workspaces')).toEqual([])
    expect(context.logged.join()).not.toContain('@')
  })

  it('ends sessions and links of the owner, and links of customers', async () => {
    await processEvent(context, await fail('in_1'))
    await deliverTouches(context, { workspaceId: workspace.id })
    const customerLink = tokenIn(context.outbox[0]?.text)
    const link = tokenIn(await createSignInLink(context, workspace.owner.id))
    const session = await signIn(context, { token: link, browserToken: null, userAgent: '' })
    const cookie = typeof session === 'string' ? '' : session.sessionToken
    const unused = tokenIn(await createSignInLink(context, workspace.owner.id))
    expect(await findSession(context, cookie)).not.toBeNull()

    await remove()

    expect(await findSession(context, cookie)).toBeNull()
    expect(await inspectSignInLink(context, { token: unused, browserToken: null })).toBe('unknown')
    expect(await followLink(context, customerLink, A_PERSON)).toEqual({ kind: 'unknown' })
    expect((await fetch(`${web.url}/r/${customerLink}`, { redirect: 'manual' })).status).toBe(404)
    expect((await postEvent(web.url, workspace, { id: 'evt_1' })).status).toBe(404)
  })

  it('lets queued jobs find nothing and end well', async () => {
    const event = await fail('in_1')
    const store = openQueueStore({ databaseUrl: database.url, redisUrl: null, log: context.log })
    const { id: workspaceId } = workspace
    try {
      await store.queue('events').add('process-events', { workspaceId: event.workspaceId, eventIds: [event.eventId] })
      await store.queue('events').add('enrich-cases', { workspaceId })
      await store.queue('mail').add('deliver-touches', { workspaceId })
      await remove()

      const jobs = runJobs(context, store)
      await eventually(async () => {
        const events = await store.queue('events').getJobCounts('completed', 'failed')
        const mail = await store.queue('mail').getJobCounts('completed', 'failed')
        expect([events.failed, mail.failed]).toEqual([0, 0])
        return events.completed === 2 && mail.completed === 1
      })
      await jobs.stop()
    } finally {
      await store.close()
    }
    expect(await findPending(context)).toMatchObject({ events: [], deliver: [], enrich: [] })
  })

  it('goes through while workers are busy with it, and nothing of it comes back', async () => {
    const events = []
    for (let n = 0; n < 10; n += 1) events.push(await fail(`in_${n}`))
    const { id: workspaceId } = workspace
    const work = [
      ...events.map((event) => processEvent(context, event)),
      ...[1, 2].map(() => deliverTouches(context, { workspaceId })),
    ]
    const [removed, ...done] = await Promise.allSettled([remove(), ...work])

    expect(removed).toMatchObject({ status: 'fulfilled', value: { kind: 'deleted' } })
    const failures = done.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
    // A worker in the middle of it is refused by Postgres; its next try finds nothing.
    for (const failure of failures) expect(failure).toMatch(/foreign key|deadlock|not found|no longer exists/i)
    for (const event of events) expect(await processEvent(context, event)).toMatchObject({ touches: false })
    expect(Object.entries(await counts()).filter(([, count]) => count > 0)).toEqual([])
  })
})
