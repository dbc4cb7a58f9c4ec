import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CardPayment } from '../../src/db/models/card-payment.js'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { linkPlace } from '../../src/recovery/open-case.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { type FakeContext, fakeContext, STRIPE_BASE } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice, paidInvoice, type TestWorkspace } from '../support/factories.js'
import { BROWSER } from '../support/link-requests.js'
import nock from '../support/nock.js'
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
const visits = async () => {
  const entries = await CaseEntry.query(database.db)
    .where({ workspace_id: workspace.id })
    .whereIn('kind', ['link_opened', 'link_fetched'])
    .orderBy('id')
  return entries.map(({ kind, detail }) => ({ kind, ...detail }))
}
const theCase = () => RecoveryCase.query(database.db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
/** As a person's browser does. */
const open = (url: string, { headers, ...init }: RequestInit & { headers?: Record<string, string> } = {}) =>
  fetch(url, { redirect: 'manual', headers: { 'User-Agent': BROWSER, ...headers }, ...init })
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
    expect(await visits()).toContainEqual({ kind: 'link_opened', target: 'card' })
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

  it('leads to the hosted invoice when the bank wanted a confirmation of the new card', async () => {
    const { id, link } = await aCase()
    await CardPayment.query(database.db).insert({
      workspace_id: workspace.id,
      case_id: id,
      payment_method_id: 'pm_new',
      card: 'new',
      occasion: 'card_changed',
      idempotency_key: `confirm-${id}`,
      planned_at: context.now(),
      answered_at: context.now(),
      result: 'authentication',
    })
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

describe('who visits a link', () => {
  const SCANNED = { kind: 'link_fetched', by: 'machine' }
  const TOO_SOON = { kind: 'link_fetched', by: 'too_soon' }
  const OPENED = { kind: 'link_opened', target: 'card' }
  const deliver = () => deliverTouches(context, { workspaceId: workspace.id })

  it('is a person when the mail was accepted eleven seconds ago, and not yet after nine', async () => {
    const { link } = await aCase()
    await deliver()
    portal().persist()

    context.advance(9_000)
    expect((await open(link)).headers.get('Location')).toBe(PORTAL)
    expect(await visits()).toEqual([TOO_SOON])

    context.advance(2_000)
    await open(link)
    expect(await visits()).toEqual([TOO_SOON, OPENED])
  })

  it('is not yet a person while nobody knows whether the mail was accepted', async () => {
    const { link } = await aCase()
    context.answers = [{ kind: 'unknown', reason: 'time-out' }]
    await deliver()
    portal().persist()

    context.advance(60_000)
    await open(link)
    expect(await visits()).toEqual([TOO_SOON])

    await deliver()
    context.advance(60_000)
    await open(link)
    expect(await visits()).toEqual([TOO_SOON, OPENED])
  })

  it('is a person where no mail was sent and the owner passed the link on', async () => {
    const { link } = await aCase()
    portal()
    await open(link)
    expect(await visits()).toEqual([OPENED])
  })

  it('is a machine that sends HEAD, for which nothing is made', async () => {
    const { link } = await aCase()
    const made = portal()

    expect((await open(link, { method: 'HEAD' })).status).toBe(200)
    expect(made.isDone()).toBe(false)
    expect(await visits()).toEqual([SCANNED])
  })

  it.each([
    ['a browser that guesses', { 'Sec-Purpose': 'prefetch;prerender' }],
    ['an older Chrome that guesses', { Purpose: 'prefetch' }],
    ['an older Firefox that guesses', { 'X-Moz': 'prefetch' }],
    ['a Safari that shows previews', { 'X-Purpose': 'preview' }],
    ['a scanner', { 'User-Agent': 'Mozilla/5.0 (compatible; SimulatedMailScanner/1.0)' }],
    ['a program without a name', { 'User-Agent': '' }],
  ])('is %s: led to the page that Stripe named last, and nothing is made', async (_, headers) => {
    const { link } = await aCase({ hosted: HOSTED })
    const made = portal()

    const response = await open(link, { headers })

    expect([response.status, response.headers.get('Location')]).toEqual([302, HOSTED])
    expect(made.isDone()).toBe(false)
    expect(await visits()).toEqual([SCANNED])
  })

  it('finds a page even as a machine that comes before Stripe has named one', async () => {
    const { link } = await aCase()
    portal()

    expect((await open(link, { headers: { 'User-Agent': 'curl/8.17.0' } })).headers.get('Location')).toBe(PORTAL)
    expect(await visits()).toEqual([SCANNED])
  })

  it('lets no scanner use up what is left for a person, nor flood the timeline', async () => {
    const { link } = await aCase({ hosted: HOSTED })
    for (let n = 0; n < 15; n += 1) await open(link, { headers: { 'User-Agent': 'Barracuda Sentinel (EE)' } })
    portal()

    expect((await open(link)).headers.get('Location')).toBe(PORTAL)
    const seen = await visits()
    expect(seen.length).toBe(2)
    expect(seen.at(-1)).toEqual(OPENED)
  })

  it('is not asked for once the case is closed', async () => {
    const { link } = await aCase()
    context.advance(1_000)
    await processEvent(context, await aStoredEvent(context, workspace, 'invoice.paid', paidInvoice(CURRENT)))

    await open(link)
    await open(link, { method: 'HEAD' })

    expect(await visits()).toEqual([])
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

describe('the pages behind a link', () => {
  const speaks = async (response: Promise<Response>) => /<html lang="([^"]*)">/.exec(await (await response).text())?.[1]
  const aGermanCase = async () => {
    const booked = await aCase()
    await RecoveryCase.query(database.db)
      .findById(booked.id)
      .patch({ customer_locales: ['xx', 'de-AT', 'fr'] })
    return booked
  }
  /** The mails' language counts, not the browser's. */
  const inFrench = { headers: { 'Accept-Language': 'fr-FR,fr;q=0.9' } }

  it('speak the language of the customer’s mails while the case is open', async () => {
    const { id, link } = await aGermanCase()
    nock(STRIPE_BASE).persist().get(/./).query(true).reply(503, {})
    nock(STRIPE_BASE).persist().post(/./).reply(503, {})

    expect(await speaks(open(link, inFrench))).toBe('de-AT')
    expect(await speaks(open(`${link}/done`, inFrench))).toBe('de-AT')
    expect(await speaks(open(`${link}/stop`, inFrench))).toBe('de-AT')
    const stopped = await open(`${link}/stop?all=1`, { ...inFrench, method: 'POST' })
    expect(await stopped.text()).toContain('<h1>Wir erinnern Sie nicht mehr</h1>')
    await RecoveryCase.query(database.db).findById(id).patch({ link_mints: 10, link_window_at: context.now() })
    const busy = await open(link, inFrench)
    expect(busy.status).toBe(429)
    expect(await busy.text()).toContain('<h1>Dieser Link wurde zu oft geöffnet</h1>')
  })

  it('speak it once the case is closed', async () => {
    const { link } = await aGermanCase()
    context.advance(1_000)
    await processEvent(context, await aStoredEvent(context, workspace, 'invoice.paid', paidInvoice(CURRENT)))

    expect(await (await open(link, inFrench)).text()).toContain('<h1>Das ist schon bezahlt</h1>')
    expect(await speaks(open(`${link}/done`, inFrench))).toBe('de-AT')
  })

  it('speak English, as the mails do, to a customer whose language we have not', async () => {
    const { id, link } = await aCase()
    expect(await speaks(open(`${link}/stop`, inFrench))).toBe('en')
    await RecoveryCase.query(database.db)
      .findById(id)
      .patch({ customer_locales: ['ja-JP'] })
    expect(await speaks(open(`${link}/stop`, inFrench))).toBe('en')
  })

  it.each([
    ['pt-BR,pt;q=0.9,en;q=0.8', 'pt-BR'],
    ['ja,es;q=0.5,de;q=0.7', 'de'],
    ['de;q=0,fr', 'fr'],
    ['ja', 'en'],
    ['*', 'en'],
    [';;q=,"<b>', 'en'],
  ])('speak the browser’s language where nobody is known: "%s"', async (accepted, language) => {
    for (const [path, method] of [
      ['', 'GET'],
      ['/done', 'GET'],
      ['/stop', 'GET'],
      ['/stop', 'POST'],
    ] as const) {
      const response = open(`${web.url}/r/cut${path}`, { method, headers: { 'Accept-Language': accepted } })
      expect((await response).status).toBe(404)
      expect((await response).headers.get('Vary')).toContain('Accept-Language')
      expect(await speaks(response)).toBe(language)
    }
  })

  it('name the owner to whom an address for replies came back', async () => {
    const { link } = await aCase()
    const stripeIsAway = () => nock(STRIPE_BASE).post('/v1/billing_portal/sessions').replyWithError('ECONNRESET')
    await Workspace.query(database.db).findById(workspace.id).patch({ reply_to: 'billing@fernhill.example' })
    stripeIsAway()
    expect(await (await open(link)).text()).toContain('mailto:billing@fernhill.example')

    await Workspace.query(database.db).findById(workspace.id).patch({ reply_to_bounced_at: context.now() })
    stripeIsAway()
    expect(await (await open(link)).text()).toContain(`mailto:${workspace.owner.email}`)
  })
})
