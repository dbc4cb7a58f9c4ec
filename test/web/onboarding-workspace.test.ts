import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { makeWorkspace } from '../../src/accounts/make-workspace.js'
import { createSignInLink } from '../../src/accounts/sign-in.js'
import { Owner } from '../../src/db/models/owner.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { createWebhookTargets } from '../../src/recovery/webhook-target.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
let context: FakeContext
let web: TestWeb
let owner: Owner
let cookie: string

beforeAll(async () => {
  web = await serveApp((appUrl) => {
    context = fakeContext({ db: database.db, settings: { appUrl } })
    return context
  })
})
beforeEach(async () => {
  await database.db('owners').delete()
  owner = await Owner.query(database.db).insertAndFetch({ email: 'maya@fernhill.example' })
  const token = new URL(await createSignInLink(context, owner.id)).searchParams.get('token') ?? ''
  const signedIn = await post('/sign-in/verify', { token })
  cookie = (signedIn.headers.get('Set-Cookie') ?? '').split(';')[0] ?? ''
})
afterAll(() => web.close())

const open = (path: string) => fetch(web.url + path, { redirect: 'manual', headers: { Cookie: cookie } })
const post = (path: string, form: Record<string, string>) =>
  fetch(web.url + path, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(form),
    headers: { Origin: web.url, ...(cookie && { Cookie: cookie }) },
  })

const PAGE = '/onboarding/workspace'
const GOOD = { name: ' Fernhill  Ltd ', senderName: 'Maya', timeZone: 'Europe/Berlin', replyTo: '' }

describe('making the workspace', () => {
  it('takes name, sender and time zone, and leads on to Stripe', async () => {
    expect((await open(PAGE)).status).toBe(200)
    const made = await post(PAGE, GOOD)

    expect([made.status, made.headers.get('Location')]).toEqual([302, '/onboarding/stripe'])
    const workspace = await Workspace.query(database.db).findOne({ owner_id: owner.id }).throwIfNotFound()
    expect(workspace).toMatchObject({ name: 'Fernhill Ltd', sender_name: 'Maya', time_zone: 'Europe/Berlin' })
    expect(workspace.prompts_on_at).toBeNull()
    expect((await open(PAGE)).headers.get('Location')).toBe('/onboarding/stripe')
  })

  it('gives it a webhook URL of its own, of which only a hash and a sealed copy are kept', async () => {
    await post(PAGE, GOOD)
    const workspace = await Workspace.query(database.db).findOne({ owner_id: owner.id }).throwIfNotFound()
    const place = { workspaceId: workspace.id, field: 'workspaces.webhook_token' }
    const token = context.cipher.open(workspace.webhook_token_sealed, place)

    expect(token.length).toBeGreaterThan(20)
    expect(JSON.stringify(workspace)).not.toContain(token)
    // Known, and without a connection nobody's yet.
    expect(await createWebhookTargets(context).find(token)).toBeNull()
  })

  it('makes one, however often the button is pressed', async () => {
    const statuses = await Promise.all([post(PAGE, GOOD), post(PAGE, GOOD), post(PAGE, { ...GOOD, name: 'Other' })])
    expect(statuses.map(({ status }) => status)).toEqual([302, 302, 302])
    expect(await Workspace.query(database.db).where({ owner_id: owner.id }).resultSize()).toBe(1)
  })

  it('lets one claim the installation, of two who come at the same moment', async () => {
    const other = await Owner.query(database.db).insertAndFetch({ email: 'rival@elsewhere.example' })
    const details = { name: 'A', senderName: null, timeZone: 'UTC' }
    const made = await Promise.all([makeWorkspace(context, owner, details), makeWorkspace(context, other, details)])

    expect(made.map(({ kind }) => kind).sort()).toEqual(['closed', 'made'])
    expect(await Workspace.query(database.db).resultSize()).toBe(1)
  })

  it.each([
    [{ name: '   ' }, 'Give it a name'],
    [{ name: 'x'.repeat(81) }, 'Keep it to 80 characters'],
    [{ senderName: 'y'.repeat(41) }, 'Keep it to 40 characters'],
    [{ timeZone: 'Mars/Olympus' }, 'Choose a time zone from the list'],
    [{ replyTo: 'not an address' }, 'This is not a mail address'],
  ])('says what is wrong with %j beside the field, and keeps what was typed', async (wrong, words) => {
    const answer = await post(PAGE, { ...GOOD, senderName: '"><script>alert(1)</script>', ...wrong })
    const html = await answer.text()

    expect([answer.status, html.includes(words)]).toEqual([422, true])
    expect(html).toContain('aria-invalid="true"')
    expect(html).not.toContain('<script>alert')
    if (!('senderName' in wrong)) expect(html).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"')
    expect(await Workspace.query(database.db).resultSize()).toBe(0)
  })

  it('takes line breaks out of names, which stand in the headers of mails', async () => {
    await post(PAGE, { ...GOOD, name: 'Fernhill\r\nBcc: x@y.example' })
    expect((await Workspace.query(database.db).first())?.name).toBe('Fernhill Bcc: x@y.example')
  })

  it('is for the signed-in only, and runs no script but our own', async () => {
    const page = await open(PAGE)
    const policy = page.headers.get('Content-Security-Policy') ?? ''
    expect(policy).toMatch(/default-src 'none'.*;script-src 'self'$/)
    const script = /<script src="([^"]+)"/.exec(await page.text())?.[1] ?? ''
    expect(script).toMatch(/^\/assets\/time-zone\.\w+\.js$/)
    expect((await open(script)).status).toBe(200)
    cookie = ''
    expect((await open(PAGE)).headers.get('Location')).toBe('/sign-in')
  })
})
