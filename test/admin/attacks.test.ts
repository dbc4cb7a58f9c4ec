import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Suppression } from '../../src/db/models/suppression.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'
import { type SignedInBrowser, signIn } from '../support/signed-in.js'
import { aSentTouch, aStoredCase, HOUR } from '../support/stored-cases.js'
import { stripeAnswersOnly } from '../support/stripe-answers.js'
import { serveApp, type TestWeb } from '../support/web.js'

/*
 * An owner with a session of her own tries everything to see or change what is another's; so does somebody with none,
 * another site in her browser, and a session that has ended.
 */

const database = useDatabase()
const { db } = database

let context: FakeContext
let web: TestWeb
let mallory: SignedInBrowser
let own: TestWorkspace
let ownCase: RecoveryCase
let victim: TestWorkspace
let victimCase: RecoveryCase
let victimEventId: string
let victimSuppressionId: string
/** Everything that tells of the victim: none of it may be in an answer. */
let telltales: string[]

beforeAll(async () => {
  nock.disableNetConnect()
  nock.enableNetConnect('localhost')
  stripeAnswersOnly(503)
  web = await serveApp((appUrl) => {
    context = fakeContext({ db, settings: { appUrl } })
    return context
  })
  own = await aWorkspace(context, { name: 'Mallory Ltd' })
  ownCase = await aStoredCase(context, own, { customer_name: 'Own customer', invoice_number: 'OWN-1' })
  await aStoredEvent(context, own, 'invoice.paid', { id: 'in_own' })

  victim = await aWorkspace(context, { name: 'Tidewater' })
  victimCase = await aStoredCase(context, victim, {
    customer_name: 'Zebedee',
    customer_email: 'zebedee@tidewater.example',
    invoice_number: 'TIDE-1',
    plan_label: 'Tideplan',
    ago: 2 * HOUR,
  })
  await aSentTouch(context, victimCase, context.now())
  victimEventId = (await aStoredEvent(context, victim, 'invoice.paid', { id: 'in_tide' })).eventId
  const suppression = await Suppression.query(db).insertAndFetch({
    workspace_id: victim.id,
    address: 'gone@tidewater.example',
    reason: 'bounced',
    suppressed_at: context.now(),
  })
  victimSuppressionId = suppression.id
  mallory = await signIn(web, context, own.owner)
  telltales = [
    'edee',
    'tidewater',
    'TIDE',
    'Tideplan',
    victim.id,
    victim.connectionId,
    victimEventId,
    victimCase.id,
  ].concat(victimCase.stripe_invoice_id, String(victimCase.stripe_customer_id), victimCase.link_token_hash)
})
afterAll(async () => {
  await web.close()
  nock.cleanAll()
  nock.enableNetConnect()
})

const FROM_US = { 'Sec-Fetch-Site': 'same-origin' }

/** All rows of the victim, of every table that has a workspace. */
async function victimsRows(): Promise<string> {
  const { rows: tables } = await db.raw<{ rows: { table_name: string }[] }>(
    "select table_name from information_schema.columns where column_name = 'workspace_id' and table_schema = 'public'",
  )
  const hash = createHash('sha256')
  for (const { table_name } of tables.toSorted((a, b) => a.table_name.localeCompare(b.table_name))) {
    const { rows } = await db.raw(
      `select coalesce(string_agg(t::text, '|' order by t::text), '') as all_of from ?? t
      where workspace_id = ?`,
      [table_name, victim.id],
    )
    hash.update(table_name + rows[0].all_of)
  }
  return hash.digest('hex')
}

interface Rows {
  readonly records: readonly { readonly params: Partial<RecoveryCase> }[]
}

interface Attack {
  readonly path: string
  readonly method?: string
  readonly json?: object
  readonly form?: Record<string, string>
}

/** Placeholders, as the ids are known only once the rows are there. */
const filled = (text: string) =>
  text
    .replaceAll('{own}', ownCase.id)
    .replaceAll('{case}', victimCase.id)
    .replaceAll('{event}', victimEventId)
    .replaceAll('{suppression}', victimSuppressionId)
    .replaceAll('{workspace}', victim.id)
    .replaceAll('{connection}', victim.connectionId)
    .replaceAll('{invoice}', victimCase.stripe_invoice_id)

function send(browser: SignedInBrowser, { path, method = 'GET', json, form }: Attack, headers: Record<string, string>) {
  const body = json ? filled(JSON.stringify(json)) : form ? new URLSearchParams(form) : null
  return browser.send(filled(path), {
    method,
    headers: { ...headers, ...(json && { 'Content-Type': 'application/json' }) },
    ...(body && method !== 'GET' && { body: body instanceof URLSearchParams ? filled(body.toString()) : body }),
    ...(form && { headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' } }),
  })
}

const LIST = '/app/api/resources/cases/actions/list'
const SEARCH = '/app/api/resources/cases/actions/search'
const RECORDS = '/app/api/resources/cases/records'

const READS: Record<string, string[]> = {
  'a show of a foreign record': [
    `${RECORDS}/{case}/show`,
    '/app/api/resources/suppressions/records/{suppression}/show',
  ],
  'a show across tables': ['/app/api/resources/suppressions/records/{case}/show', `${RECORDS}/{suppression}/show`],
  'an edit': [`${RECORDS}/{case}/edit`, `${RECORDS}/{own}/edit`],
  'a form for a new one': ['/app/api/resources/cases/actions/new'],
  'a bulk action': [
    '/app/api/resources/cases/bulk/bulkDelete?recordIds={case}',
    '/app/api/resources/cases/bulk/show?recordIds={case},{own}',
    '/app/api/resources/cases/bulk/list?recordIds={case}',
  ],
  'a search': [
    `${SEARCH}/Zebedee`,
    `${SEARCH}/%25`,
    `${SEARCH}/Z%25`,
    `${SEARCH}/_`,
    `${SEARCH}?searchProperty=search&filters.search=zebedee`,
    '/app/api/resources/cases/search/Zebedee',
    '/app/api/resources/cases/search',
    '/app/api/resources/suppressions/actions/search?searchProperty=search&filters.search=gone',
    '/app/api/resources/suppressions/actions/list',
    '/app/api/resources/suppressions/actions/list?filters.address=gone@tidewater.example',
  ],
  'a search property': [
    'workspace_id',
    'link_token_hash',
    'link_token_sealed',
    'connection_id',
    'constructor',
    '__proto__',
    'id',
    'search',
    "customer_name') or true --",
  ].flatMap((property) => [
    `${SEARCH}/Zebedee?searchProperty=${encodeURIComponent(property)}`,
    `${SEARCH}/{workspace}?searchProperty=${encodeURIComponent(property)}`,
  ]),
  'a filter': [
    'filters.workspace_id={workspace}',
    'filters.connection_id={connection}',
    'filters.id={case}',
    'filters.customer_name=Zebedee',
    'filters.invoice_number=TIDE-1',
    'filters.stripe_invoice_id={invoice}',
    'filters.search=Zebedee',
    'filters.search=TIDE-1',
    'filters.search=%25',
    'filters.search={invoice}',
    'filters.link_token_hash=x',
    'filters.id[]={case}&filters.id[]={own}',
    'filters.id={case}&filters.id={own}',
    'filters.customer_name~~from=A&filters.customer_name~~to=z',
    'filters.customer_name.like=Z',
    'filters.customer_name%5Blike%5D=Z',
    'filters.__proto__=x',
    'filters.__proto__.workspace_id={workspace}',
    'filters.constructor=x',
    'filters.constructor.prototype.workspace_id={workspace}',
    'filters.toString=x',
    'filters.hasOwnProperty=x',
    'filters[workspace_id]={workspace}',
    'filters={"workspace_id":"{workspace}"}',
    "filters.id=' or true --",
    "filters.customer_name=' or workspace_id='{workspace}",
    'filters.exposure=1 or 1=1',
    'filters.id=%00',
    'filters.search=%00',
    `filters.search=${'z'.repeat(5_000)}`,
    'workspace_id={workspace}&workspaceId={workspace}&connectionId={connection}',
    'currentAdmin.workspaceId={workspace}&tenant.workspace.id={workspace}',
  ].map((query) => `${LIST}?${query}`),
  'a sort': [
    'sortBy=workspace_id&direction=asc',
    'sortBy=link_token_sealed&direction=asc',
    'sortBy=(select%20customer_name)&direction=asc',
    'sortBy=opened_at&direction=asc;select%201',
    'sortBy=__proto__',
    'sortBy[]=opened_at',
    'sortBy=customer_name&direction[]=asc',
  ].map((query) => `${LIST}?${query}`),
  'a page': [
    'page=-1',
    'page=0',
    'page=99999999999999999999',
    'page=NaN',
    'perPage=1000000',
    'perPage=-5',
    'perPage=1e9',
    'perPage[]=5',
    'page=2&perPage=1',
  ].map((query) => `${LIST}?${query}`),
  'another table': [
    'workspaces',
    'owners',
    'sessions',
    'events',
    'mails',
    'signing_secrets',
    'stripe_connections',
    'recovery_cases',
    'constructor',
    '__proto__',
    '..%2fcases',
    'Cases',
  ].flatMap((table) => [`/app/api/resources/${table}/actions/list`, `/app/api/resources/${table}/actions/search/Z`]),
  'another route or type of action': [
    '/app/api/resources/cases/actions/show',
    '/app/api/resources/cases/actions/delete',
    '/app/api/resources/cases/actions/bulkDelete',
    `${RECORDS}/{case}/list`,
    `${RECORDS}/{case}/search`,
    `${RECORDS}/{case}/delete`,
    `${RECORDS}/{case}/constructor`,
    `${RECORDS}/{case}/__proto__`,
    `${RECORDS}/{case}`,
    '/app/resources/cases',
    '/app/resources/cases/records/{case}/show',
    '/app/resources/cases/actions/list',
    '/app/resources/cases/bulk/bulkDelete',
    '/app/pages/cases',
    '/app/api',
    '/app/api/',
    '/app/api//resources/cases/actions/list',
    '/app/api/%2e%2e/api/resources/cases/records/{case}/show',
    '/app/frontend/assets/components.bundle.js',
    '/app/frontend/assets/app.bundle.js',
    '/app/client/../../package.json',
    '/app/client/client.js',
  ],
  'a screen': [
    '/app/api/dashboard?workspaceId={workspace}&connectionId={connection}',
    '/app/api/dashboard?first=2020-01-01&last=2030-01-01',
    '/app/api/pages/case?id={case}',
    '/app/api/pages/case?id[]={case}',
    '/app/api/pages/case?id={case}&id={own}',
    '/app/api/pages/case',
    '/app/api/pages/cases?q=Zebedee&id={case}',
    '/app/api/pages/cases?after={case}&view=human',
    '/app/api/pages/cases?currency=usd&order=largest&before={case}',
    '/app/api/pages/events?before={event}',
    '/app/api/pages/overview',
    '/app/api/pages/constructor',
    '/app/api/pages/__proto__',
    '/app/api/pages/settings',
  ],
  'a page of the panel': [
    '/app/cases/{case}',
    '/app/cases?q=Zebedee',
    '/app/cases?before={case}&after={case}',
    '/app/cases?after={case}',
    '/app/events?before={event}',
    '/app/cases.csv',
    '/app/cases.csv?q=Zebedee',
    '/app/cases.csv?after={case}&view=open',
    '/app?first=2020-01-01&last=2030-01-01',
    '/app/settings/suppressed',
    '/app/settings/mails?case={case}',
  ],
}

const WRITES: Record<string, Attack[]> = {
  'through AdminJS': ['edit', 'delete', 'show', 'new', 'pause', 'dismiss', 'link', 'constructor'].flatMap((action) => [
    {
      method: 'POST',
      path: `${RECORDS}/{case}/${action}`,
      json: { customer_name: 'Mine', workspace_id: '{workspace}' },
    },
    {
      method: 'POST',
      path: `${RECORDS}/{own}/${action}`,
      json: { id: '{case}', workspace_id: '{workspace}', name: 'Mine' },
    },
  ]),
  'as a new row': [
    {
      method: 'POST',
      path: '/app/api/resources/cases/actions/new',
      json: { workspace_id: '{workspace}', id: '{case}' },
    },
    { method: 'POST', path: LIST, json: { filters: { id: '{case}' } } },
    { method: 'POST', path: `${SEARCH}/Zebedee`, json: {} },
    { method: 'POST', path: '/app/api/dashboard', json: {} },
    { method: 'POST', path: '/app/api/pages/case', json: { id: '{case}' } },
  ],
  'in bulk': [
    { method: 'POST', path: '/app/api/resources/cases/bulk/bulkDelete?recordIds={case},{own}', json: {} },
    { method: 'POST', path: '/app/api/resources/suppressions/bulk/bulkDelete?recordIds={suppression}', json: {} },
  ],
  'by other methods': ['PUT', 'PATCH', 'DELETE'].flatMap((method) => [
    { method, path: `${RECORDS}/{case}/show`, json: { outcome: 'dismissed' } },
    { method, path: '/app/cases/{case}', json: { outcome: 'dismissed' } },
  ]),
  'through our own forms': [
    ...['pause', 'resume', 'dismiss', 'link'].map((action) => ({
      method: 'POST',
      path: `/app/cases/{case}/${action}`,
      form: {},
    })),
    ...['retry', 'send'].map((action) => ({
      method: 'POST',
      path: `/app/cases/{case}/${action}`,
      form: { request: '0d5c4f5e-9d5b-4c43-8f5e-0b4a3f6f2c11', workspace_id: '{workspace}' },
    })),
    {
      method: 'POST',
      path: '/app/cases/{own}/pause',
      form: { id: '{case}', caseId: '{case}', workspaceId: '{workspace}' },
    },
    { method: 'POST', path: '/app/events/{event}/replay', form: {} },
  ],
}

/** What stood in the request itself may come back: the search box shows what was typed. */
async function expectNothingOf(response: Response, attack: Attack): Promise<void> {
  expect(response.status).toBeLessThan(500)
  const asked = filled(decodeURIComponent(attack.path) + JSON.stringify({ ...attack.json, ...attack.form }))
  const answer = [...response.headers].join() + (await response.text())
  expect(telltales.filter((telltale) => answer.includes(telltale) && !asked.includes(telltale))).toEqual([])
}

it('shows the owner her own, so that what follows could fail', async () => {
  const list = (await (await mallory.get(LIST, FROM_US)).json()) as Rows
  expect(list.records.map(({ params }) => params.customer_name)).toEqual(['Own customer'])
  expect(list.records[0]?.params).not.toHaveProperty('link_token_hash')
  expect((await mallory.get(`${RECORDS}/${ownCase.id}/show`, FROM_US)).status).toBe(200)
  const search = (await (await mallory.get(`${SEARCH}/own%20c?searchProperty=search`, FROM_US)).json()) as Rows
  expect(search.records).toHaveLength(1)
  expect(await (await mallory.get('/app/api/pages/cases', FROM_US)).text()).toContain('Own customer')
  expect(await (await mallory.get('/app/api/dashboard', FROM_US)).text()).toContain('Mallory Ltd')
  expect(await (await mallory.get('/app/cases.csv')).text()).toContain('Own customer')

  const zoe = await signIn(web, context, victim.owner)
  const hers = await (await zoe.get(LIST, FROM_US)).text()
  expect(telltales.filter((telltale) => hers.includes(telltale))).not.toEqual([])
})

describe.each(Object.entries(READS))('%s', (_, paths) => {
  it.each(paths)('tells nothing of another workspace: %s', async (path) => {
    const before = await victimsRows()
    const response = await send(mallory, { path }, FROM_US)
    await expectNothingOf(response, { path })
    expect(await victimsRows()).toBe(before)
  })
})

describe.each(Object.entries(WRITES))('a change %s', (_, attacks) => {
  it.each(attacks)('changes nothing of another workspace: $method $path', async (attack) => {
    const before = await victimsRows()
    const response = await send(mallory, attack, { ...FROM_US, Origin: web.url })
    await expectNothingOf(response, attack)
    if (attack.path.startsWith('/app/api/')) expect(response.status).toBe(404)
    expect(await victimsRows()).toBe(before)
  })
})

describe('a row that is one’s own', () => {
  it('is not changed through AdminJS either', async () => {
    const before = await db('recovery_cases').where({ id: ownCase.id }).first()
    for (const action of ['edit', 'delete']) {
      await send(
        mallory,
        { method: 'POST', path: `${RECORDS}/{own}/${action}`, json: { customer_name: 'Other' } },
        FROM_US,
      )
    }
    expect(await db('recovery_cases').where({ id: ownCase.id }).first()).toEqual({
      ...before,
      paused_at: expect.anything(),
    })
  })
})

const API = [
  LIST,
  `${SEARCH}/Zebedee`,
  `${RECORDS}/{case}/show`,
  '/app/api/dashboard',
  '/app/api/pages/cases',
  '/app/api/pages/case?id={case}',
]
const PAGES = ['/app', '/app/cases', '/app/cases/{case}', '/app/events', '/app/settings/prompts']

describe('somebody who is not signed in', () => {
  it.each([...API, ...PAGES])('is led to sign in, and told nothing: %s', async (path) => {
    const response = await fetch(web.url + filled(path), { headers: FROM_US, redirect: 'manual' })
    expect([response.status, response.headers.get('Location')]).toEqual([302, '/sign-in'])
    await expectNothingOf(response, { path })
  })
})

describe('a session that has ended', () => {
  it.each([...API, ...PAGES])('is none: %s', async (path) => {
    const zoe = await signIn(web, context, victim.owner)
    await db('sessions').where({ owner_id: victim.owner.id }).delete()
    const response = await send(zoe, { path }, FROM_US)
    expect([response.status, response.headers.get('Location')]).toEqual([302, '/sign-in'])
    await expectNothingOf(response, { path })
  })
})

describe('another site, in the browser of somebody who is signed in', () => {
  it.each<[string, Record<string, string>]>([
    ['says that it is one', { 'Sec-Fetch-Site': 'cross-site' }],
    ['is on a neighbouring host', { 'Sec-Fetch-Site': 'same-site' }],
    ['follows a link', { 'Sec-Fetch-Site': 'none' }],
    ['names its origin', { Origin: 'https://evil.example' }],
    ['says nothing', {}],
  ])('gets nothing from the panel’s API when it %s', async (_, headers) => {
    const zoe = await signIn(web, context, victim.owner)
    for (const path of API) {
      const response = await send(zoe, { path }, headers)
      expect(response.status).toBe(403)
      await expectNothingOf(response, { path })
    }
  })

  it('changes nothing', async () => {
    const zoe = await signIn(web, context, victim.owner)
    const before = await victimsRows()
    for (const attack of Object.values(WRITES).flat()) {
      const response = await send(zoe, attack, { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' })
      expect(response.status).toBe(403)
    }
    expect(await victimsRows()).toBe(before)
  })
})

it('answers in words and not with an error where there is nothing', async () => {
  const response = await mallory.get('/app/api/resources/owners/actions/list', FROM_US)
  expect(response.status).toBe(404)
  expect(await response.text()).toContain('There is no page at this address')
})
