import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { tellOwners } from '../../src/accounts/tell-owners.js'
import { Diagnostic } from '../../src/db/models/diagnostic.js'
import { DiagnosticFinding } from '../../src/db/models/diagnostic-finding.js'
import { DiagnosticSlice } from '../../src/db/models/diagnostic-slice.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { runDiagnostic } from '../../src/diagnostics/run-diagnostic.js'
import type { StripeSimulator } from '../simulator/index.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { accountWithHistory, UNTIL } from '../support/diagnosed-account.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { type SignedInBrowser, signIn } from '../support/signed-in.js'
import { serveApp, type TestWeb } from '../support/web.js'

const { db } = useDatabase()
let stripe: StripeSimulator
let web: TestWeb
let context: FakeContext
let mine: TestWorkspace
let theirs: TestWorkspace
let browser: SignedInBrowser

beforeAll(async () => {
  stripe = await accountWithHistory('web', { customers: 120, failures: 0.3 })
  web = await serveApp((appUrl) => {
    context = fakeContext({ db, settings: { appUrl, stripeApiBase: stripe.url }, at: new Date(UNTIL * 1_000) })
    return context
  })
})
afterAll(async () => {
  await web.close()
  await stripe.stop()
})
beforeEach(async () => {
  mine = await aConnectedWorkspace()
  browser = await signIn(web, context, mine.owner)
})

async function aConnectedWorkspace(permissions: readonly string[] | 'all' = 'all'): Promise<TestWorkspace> {
  const workspace = await aWorkspace(context)
  const place = { workspaceId: workspace.id, field: 'stripe_connections.api_key' }
  await StripeConnection.query(db)
    .findById(workspace.connectionId)
    .patch({ api_key_sealed: context.cipher.seal(stripe.addKey(permissions), place), verified_at: context.now() })
  return workspace
}

async function diagnosed(workspace = mine): Promise<Diagnostic> {
  await Diagnostic.query(db).where({ workspace_id: workspace.id, ended_at: null }).patch({ leased_until: null })
  await runDiagnostic(context, { workspaceId: workspace.id })
  context.advance(60_000)
  return Diagnostic.query(db)
    .where({ workspace_id: workspace.id })
    .orderBy('asked_at', 'desc')
    .first()
    .throwIfNotFound()
}

const text = async (path: string) => (await browser.get(path)).text()
const press = (does: string) => browser.post('/app/diagnostics', { do: does })

describe('/app/diagnostics', () => {
  it('says what the first run is for, then shows its report', async () => {
    expect(await text('/app/diagnostics')).toContain('See what the last 90 days leaked.')

    await diagnosed()

    const page = await text('/app/diagnostics')
    expect(page).toContain('lost from')
    expect(page).toContain('Runs again every Monday at 06:00, Berlin time.')
    expect(page).not.toContain('could not be read')
  })

  it('names what the key did not let it read, and what that does', async () => {
    mine = await aConnectedWorkspace(['rak_invoice_read', 'rak_charge_read'])
    browser = await signIn(web, context, mine.owner)
    await diagnosed()

    const page = await text('/app/diagnostics')
    expect(page).toContain('Credit notes could not be read')
    expect(page).toContain('rak_credit_note_read')
    expect(page).toContain('Subscriptions could not be read')
  })

  it('keeps the report when a later run fails, and says why that one did', async () => {
    await diagnosed()
    await press('run')
    await StripeConnection.query(db)
      .findById(mine.connectionId)
      .patch({
        api_key_sealed: context.cipher.seal('rk_test_gone', {
          workspaceId: mine.id,
          field: 'stripe_connections.api_key',
        }),
      })
    await diagnosed()

    const page = await text('/app/diagnostics')
    expect(page).toContain('The last run came to no report. Stripe refuses the key')
    expect(page).toContain('lost from')
  })

  it('runs one at a time, and stops', async () => {
    expect((await press('run')).status).toBe(303)
    expect(await text('/app/diagnostics')).toContain('It begins in a moment.')
    const slice = { listing: 'invoices', from_second: 0, until_second: 10 }
    const { id } = await Diagnostic.query(db).findOne({ workspace_id: mine.id }).throwIfNotFound()
    const of = { workspace_id: mine.id, diagnostic_id: id }
    const now = context.now()
    await Diagnostic.query(db).findById(id).patch({ began_at: now, window_from: now, window_until: now })
    await DiagnosticSlice.query(db).insert([
      { ...of, ...slice, id: randomUUID(), seen: 7, pages: 1, done_at: now },
      { ...of, ...slice, id: randomUUID() },
    ])
    expect(await text('/app/diagnostics')).toContain('1 of 2 slices, 7 invoices')
    await press('run')
    expect(await text('/app/diagnostics')).toContain('One is under way already')
    await press('stop')
    expect(await text('/app/diagnostics')).toContain('Stopped. What was read is deleted.')
    await press('stop')
    expect(await text('/app/diagnostics')).toContain('Nothing was under way any more.')
    expect((await press('dance')).status).toBe(400)
  })

  it('opens every number of the report: the rows behind each come to it', async () => {
    const run = await diagnosed()
    const page = await text('/app/diagnostics')
    const hrefs = [
      ...new Set(
        [...page.matchAll(/href="(\/app\/diagnostics\/rows\?[^"]+)"/g)].map(
          ([, href]) => href?.replaceAll('&amp;', '&') ?? '',
        ),
      ),
    ]
    expect(hrefs.length).toBeGreaterThan(20)
    for (const href of hrefs) {
      const rows = await text(href)
      expect([href, rows.includes('No invoice is behind this number')]).toEqual([href, false])
      const said = Number(/([\d,]+) invoices?[,<]/.exec(rows)?.[1]?.replace(',', ''))
      const csv = await (await browser.get(href.replace('/rows?', '/rows.csv?'))).text()
      expect([href, csv.trim().split('\n').length - 1]).toEqual([href, said])
    }
    const all = await (await browser.get(`/app/diagnostics/rows.csv?run=${run.id}`)).text()
    const stored = await DiagnosticFinding.query(db).where({ diagnostic_id: run.id }).resultSize()
    expect(all.trim().split('\n')).toHaveLength(stored + 1)
  })

  it('shows nobody else’s reports, rows or files, and opens no case of them', async () => {
    theirs = await aConnectedWorkspace()
    const run = await diagnosed(theirs)
    const [finding] = await DiagnosticFinding.query(db).where({ diagnostic_id: run.id }).where('open', '>', 0)
    await diagnosed()
    for (const path of [
      `/app/diagnostics?run=${run.id}`,
      `/app/diagnostics/rows?run=${run.id}`,
      `/app/diagnostics/rows.csv?run=${run.id}`,
      `/app/api/pages/diagnostics?run=${run.id}`,
      '/app/diagnostics?run=nonsense',
      '/app/diagnostics/rows?run=nonsense',
      '/app/diagnostics/rows',
    ]) {
      const { status } = await browser.get(path, { 'Sec-Fetch-Site': 'same-origin' })
      expect([path, status]).toEqual([path, 404])
    }
    await DiagnosticFinding.query(db).where({ workspace_id: mine.id }).delete()
    await browser.post('/app/diagnostics/past', { invoice: finding?.stripe_invoice_id ?? '' })
    expect(await DiagnosticFinding.query(db).whereNotNull('case_wanted_at')).toEqual([])
  })

  it('takes garbage in an address for what is not asked for', async () => {
    const run = await diagnosed()
    for (const garbage of [
      'part=all',
      'page=-1',
      'page=99999999',
      'apart=constructor',
      'week=%00',
      'currency[]=usd',
      'code=%27%22',
    ]) {
      const { status } = await browser.get(`/app/diagnostics/rows?run=${run.id}&${garbage}`)
      expect([garbage, status]).toEqual([garbage, 200])
    }
    expect((await browser.get('/app/diagnostics?currency=%27')).status).toBe(200)
  })

  it('comes round when the owner says, and refuses a threshold that is none', async () => {
    const bad = await browser.post('/app/diagnostics/schedule', {
      every: 'week',
      weekday: '4',
      hour: '9',
      tell: 'yes',
      threshold: '0',
    })
    expect(bad.status).toBe(422)
    expect(await bad.text()).toContain('A whole number of percent')

    await browser.post('/app/diagnostics/schedule', {
      every: 'month',
      weekday: '4',
      hour: '9',
      tell: 'yes',
      threshold: '40',
    })
    expect(await Workspace.query(db).findById(mine.id)).toMatchObject({
      diagnostic_every: 'month',
      diagnostic_weekday: 4,
      diagnostic_hour: 9,
      leak_threshold: 40,
    })
    await browser.post('/app/diagnostics/schedule', { every: 'never', weekday: '9', hour: '99' })
    expect(await Workspace.query(db).findById(mine.id)).toMatchObject({
      diagnostic_every: 'never',
      diagnostic_due_at: null,
      diagnostic_weekday: 1,
      leak_threshold: null,
    })
  })
})

describe('what the owner is mailed', () => {
  const mails = () => context.outbox.filter(({ to }) => to === mine.owner.email)

  it('is the report, once for each time it was asked for, and no customer in it', async () => {
    const run = await diagnosed()
    await press('mail')
    await Promise.all([tellOwners(context), tellOwners(context)])
    await tellOwners(context)

    expect(mails().map(({ subject }) => subject)).toEqual(['Your 90-day diagnostic'])
    const [mail] = mails()
    expect(mail?.text).toContain('at risk')
    for (const { customer_name: name } of await DiagnosticFinding.query(db).where({ diagnostic_id: run.id })) {
      expect(mail?.text).not.toContain(name)
    }
    context.advance(60_000)
    await press('mail')
    await tellOwners(context)
    expect(mails()).toHaveLength(2)
  })

  it('is a leak that grew past the threshold, once; and no leak that did not', async () => {
    const first = await diagnosed()
    await press('run')
    await diagnosed()
    await tellOwners(context)
    expect(mails()).toEqual([])
    const page = await text('/app/diagnostics')
    expect(page).toContain('Earlier runs')
    expect(page).toContain('as before')

    const { report } = first
    for (const currency of report?.currencies ?? [])
      currency.parts.lost.amount = Math.floor(currency.parts.lost.amount / 2)
    await Diagnostic.query(db).where({ workspace_id: mine.id, outcome: 'finished' }).patch({ report })
    await press('run')
    const grown = await diagnosed()
    expect(grown.leak_growth?.length).toBeGreaterThan(0)
    expect(await text('/app/diagnostics')).toMatch(/% more/)
    await tellOwners(context)
    await tellOwners(context)
    expect(mails().map(({ subject }) => subject)).toEqual(['More renewals are being lost'])

    await Workspace.query(db).findById(mine.id).patch({ leak_threshold: null })
    await Diagnostic.query(db).where({ workspace_id: mine.id, outcome: 'finished' }).patch({ report })
    await press('run')
    await diagnosed()
    await tellOwners(context)
    expect(mails()).toHaveLength(1)
  })
})
