import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import nock from 'nock'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { linkPlace } from '../../src/recovery/open-case.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { type FakeContext, fakeContext, STRIPE_BASE } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice, paidInvoice, type TestWorkspace } from '../support/factories.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
const CURRENT = '2026-10-28.endive'
const PORTAL = `${STRIPE_BASE}/p/session/fresh`
const HOSTED = 'https://invoice.stripe.com/i/acct_1/known'

let context: FakeContext
let workspace: TestWorkspace
let web: TestWeb

beforeAll(async () => {
  web = await serveApp((appUrl) => {
    context = fakeContext({ db: database.db, settings: { appUrl } })
    return context
  })
})
beforeEach(async () => {
  workspace = await aWorkspace(context)
})
afterEach(() => {
  nock.abortPendingRequests()
  nock.cleanAll()
})
afterAll(() => web.close())

/** An open case with its link. */
async function aCase({ type = 'invoice.payment_failed', hosted = null as string | null } = {}) {
  nock(STRIPE_BASE).get('/v1/invoices/in_renewal').query(true).reply(503, {})
  await processEvent(context, await aStoredEvent(context, workspace, type, failedInvoice(CURRENT)))
  nock.cleanAll()
  const recoveryCase = await theCase()
  await recoveryCase.$query(database.db).patch({ hosted_invoice_url: hosted })
  const token = context.cipher.open(recoveryCase.link_token_sealed, linkPlace(workspace.id))
  return { id: recoveryCase.id, link: `${web.url}/r/${token}` }
}
const theCase = () => RecoveryCase.query(database.db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
const open = (url: string, init: RequestInit = {}) => fetch(url, { redirect: 'manual', ...init })
const portal = (status = 200, body: object = { object: 'billing_portal.session', url: PORTAL }) =>
  nock(STRIPE_BASE)
    .post('/v1/billing_portal/sessions', /flow_data\[type\]=payment_method_update/)
    .reply(status, body)
const invoice = (body: object) => nock(STRIPE_BASE).get('/v1/invoices/in_renewal').query(true).reply(200, body)

describe('a recovery link', () => {
  it('leads to a fresh card page at every click', async () => {
    const { link } = await aCase()
    portal()
    const first = await open(link)
    portal(200, { url: `${STRIPE_BASE}/p/session/another` })
    const second = await open(link)

    expect([first.status, first.headers.get('Location')]).toEqual([302, PORTAL])
    expect(second.headers.get('Location')).toBe(`${STRIPE_BASE}/p/session/another`)
    const entries = await CaseEntry.query(database.db).where({ workspace_id: workspace.id, kind: 'link_followed' })
    expect(entries.length).toBeGreaterThan(0)
  })

  it('sends the customer back to us when the card is changed', async () => {
    const { link } = await aCase()
    let asked = ''
    nock(STRIPE_BASE)
      .post('/v1/billing_portal/sessions', (body: Record<string, unknown>) => {
        asked = JSON.stringify(body)
        return true
      })
      .reply(200, { url: PORTAL })
    await open(link)
    expect(asked).toContain(`${link}/done`)
  })

  it('leads to the hosted invoice, not to the card page, when the bank wants a confirmation', async () => {
    const { link } = await aCase({ type: 'invoice.payment_action_required' })
    const card = portal()
    invoice({ id: 'in_renewal', hosted_invoice_url: HOSTED })

    expect((await open(link)).headers.get('Location')).toBe(HOSTED)
    expect(card.isDone()).toBe(false)
  })

  it.each([
    [
      'lacks the permission',
      403,
      { error: { type: 'invalid_request_error', message: 'The provided key does not have...' } },
    ],
    ['has no portal set up', 400, { error: { type: 'invalid_request_error', message: 'No configuration provided' } }],
  ])('leads to the hosted invoice when the account %s', async (_, status, body) => {
    const { link } = await aCase()
    portal(status, body)
    invoice({ id: 'in_renewal', hosted_invoice_url: HOSTED })

    expect((await open(link)).headers.get('Location')).toBe(HOSTED)
  })

  it('makes nothing for HEAD, which scanners send first', async () => {
    const { link } = await aCase()
    const made = portal()

    expect((await open(link, { method: 'HEAD' })).status).toBe(200)
    expect(made.isDone()).toBe(false)
  })

  it('falls back on the page that Stripe named last when Stripe can not be reached', async () => {
    const { link } = await aCase({ hosted: HOSTED })
    nock(STRIPE_BASE).post('/v1/billing_portal/sessions').replyWithError('ECONNRESET')

    expect((await open(link)).headers.get('Location')).toBe(HOSTED)
  })

  it('says whom to write to when there is no such page, and never leads anywhere but to Stripe', async () => {
    const { link } = await aCase({ hosted: 'https://evil.example/stripe.com' })
    nock(STRIPE_BASE).post('/v1/billing_portal/sessions').replyWithError('ECONNRESET')

    const response = await open(link)

    expect(response.status).toBe(503)
    expect(response.headers.get('Location')).toBeNull()
    expect(await response.text()).toContain(workspace.owner.email)
  })

  it('waits four seconds for Stripe and no longer', async () => {
    const { link } = await aCase({ hosted: HOSTED })
    nock(STRIPE_BASE).post('/v1/billing_portal/sessions').delay(8_000).reply(200, { url: PORTAL })
    const began = Date.now()

    expect((await open(link)).headers.get('Location')).toBe(HOSTED)
    expect(Date.now() - began).toBeLessThan(6_000)
  })

  it('makes ten sessions a minute at most, and more in the next', async () => {
    const { link } = await aCase()
    nock(STRIPE_BASE).post('/v1/billing_portal/sessions').times(20).reply(200, { url: PORTAL })
    const statuses: number[] = []
    for (let n = 0; n < 12; n += 1) statuses.push((await open(link)).status)
    expect(statuses).toEqual([...Array(10).fill(302), 429, 429])

    context.advance(61_000)
    expect((await open(link)).status).toBe(302)
  })

  it('says that nothing is left to do once the case is closed', async () => {
    const { link } = await aCase()
    context.advance(1_000)
    await processEvent(context, await aStoredEvent(context, workspace, 'invoice.paid', paidInvoice(CURRENT)))

    const response = await open(link)

    expect(response.status).toBe(200)
    expect(await response.text()).not.toContain('SecondLoop')
  })

  it('is unknown when it was cut', async () => {
    const { link } = await aCase()
    expect((await open(link.slice(0, -3))).status).toBe(404)
    expect((await open(`${link.slice(0, -3)}/done`)).status).toBe(404)
  })
})

describe('stopping reminders', () => {
  const stopped = async () => (await theCase()).reminders_stopped_at

  it('needs more than a GET', async () => {
    const { link } = await aCase()
    const response = await open(`${link}/stop`)

    expect(await response.text()).toContain('<form')
    expect(await stopped()).toBeNull()
  })

  it('takes the one click of a mailbox, which comes from elsewhere', async () => {
    const { link } = await aCase()
    const response = await open(`${link}/stop`, {
      method: 'POST',
      body: 'List-Unsubscribe=One-Click',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'https://mail.example' },
    })

    expect(response.status).toBe(200)
    expect(await stopped()).not.toBeNull()
  })
})
