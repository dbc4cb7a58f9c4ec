import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createSignInLink } from '../../src/accounts/sign-in.js'
import { Owner } from '../../src/db/models/owner.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
let context: FakeContext
let web: TestWeb
let workspace: TestWorkspace
let cookie: string

beforeAll(async () => {
  web = await serveApp((appUrl) => {
    context = fakeContext({ db: database.db, settings: { appUrl } })
    return context
  })
})
beforeEach(async () => {
  await database.db('owners').delete()
  await database.db('rate_limits').delete()
  context.outbox.splice(0)
  workspace = await aWorkspace(context)
  cookie = await signIn()
})
afterAll(() => web.close())

const open = (path: string, sent = '', method = 'GET') =>
  fetch(new URL(path, web.url), { method, redirect: 'manual', headers: { Cookie: sent } })
const post = (path: string, form: Record<string, string>, sent = '') =>
  fetch(web.url + path, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(form),
    headers: { Origin: web.url, Cookie: sent },
  })
async function signIn(): Promise<string> {
  const token = new URL(await createSignInLink(context, workspace.owner.id)).searchParams.get('token') ?? ''
  return ((await post('/sign-in/verify', { token })).headers.get('Set-Cookie') ?? '').split(';')[0] ?? ''
}
const linkIn = (nth: number) => /http\S+confirm-address\?token=\S+/.exec(context.outbox[nth]?.text ?? '')?.[0] ?? ''
const tokenOf = (link: string) => new URL(link).searchParams.get('token') ?? ''
const NEW = 'maya@new.example'

describe('an owner who wants another address', () => {
  const ask = (email = NEW) => post('/app/sessions/address', { email }, cookie)

  it('has it once its mailbox said yes, and stays signed in here alone', async () => {
    const elsewhere = await signIn()
    expect(await (await ask()).text()).toContain('A link is on its way')
    expect(context.outbox.map(({ to }) => to)).toEqual([NEW])
    const link = linkIn(0)
    for (const method of ['HEAD', 'GET', 'GET']) await open(link, '', method)
    expect((await Owner.query(database.db).findById(workspace.owner.id))?.email).toBe(workspace.owner.email)

    const confirmed = await post('/confirm-address', { token: tokenOf(link) }, cookie)

    expect(await confirmed.text()).toContain('signs in from now on')
    expect((await Owner.query(database.db).findById(workspace.owner.id))?.email).toBe(NEW)
    expect(context.outbox[1]).toMatchObject({ to: workspace.owner.email })
    expect([(await open('/app/cases', cookie)).status, (await open('/app/cases', elsewhere)).status]).toEqual([
      200, 302,
    ])
    expect(await (await post('/confirm-address', { token: tokenOf(link) })).text()).toContain('already been used')
  })

  it('needs a sign-in to ask', async () => {
    expect((await post('/app/sessions/address', { email: NEW })).headers.get('Location')).toBe('/sign-in')
    expect(context.outbox).toEqual([])
  })

  it.each([
    ['not an address', 'This is not a mail address'],
    ['"><script>alert(1)</script>', 'This is not a mail address'],
  ])('is told what is wrong with %j, which is kept', async (typed, words) => {
    const answer = await ask(typed)
    const html = await answer.text()
    expect([answer.status, html.includes(words), html.includes('<script>')]).toEqual([422, true, false])
  })

  it('is told when it is the same, and asked for no more than five an hour', async () => {
    expect(await (await ask(workspace.owner.email)).text()).toContain('sign in with already')
    const statuses = []
    for (let nth = 0; nth < 6; nth += 1) statuses.push((await ask(`a${nth}@new.example`)).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  })

  it('can’t have another owner’s', async () => {
    const other = await aWorkspace(context)
    await ask(other.owner.email)
    const answer = await post('/confirm-address', { token: tokenOf(linkIn(0)) }, cookie)
    expect(await answer.text()).toContain('This address is in use')
  })
})

describe('a reply-to address of the first day', () => {
  it('is used once its mailbox said yes', async () => {
    await Workspace.query(database.db).deleteById(workspace.id)
    const form = { name: 'Fernhill', senderName: '', timeZone: 'UTC', replyTo: 'Billing@Fernhill.example' }
    expect((await post('/onboarding/workspace', form, cookie)).status).toBe(302)
    const made = () => Workspace.query(database.db).findOne({ owner_id: workspace.owner.id }).throwIfNotFound()
    expect((await made()).reply_to).toBeNull()

    const page = await (await open(linkIn(0))).text()
    expect(page).toContain('billing@fernhill.example')
    await post('/confirm-address', { token: tokenOf(linkIn(0)) })
    expect((await made()).reply_to).toBe('billing@fernhill.example')
  })
})

describe('a reply-to address that can not be asked', () => {
  it('is told of and kept, and asked again by the same button', async () => {
    await Workspace.query(database.db).deleteById(workspace.id)
    const form = { name: 'Fernhill', senderName: '', timeZone: 'UTC', replyTo: 'billing@fernhill.example' }
    context.answers = [{ kind: 'not_accepted', reason: 'down', retryAfterMs: 60_000, isThrottled: false }]
    const failed = await post('/onboarding/workspace', form, cookie)
    expect([failed.status, (await failed.text()).includes('value="billing@fernhill.example"')]).toEqual([503, true])

    expect((await post('/onboarding/workspace', form, cookie)).status).toBe(302)
    expect(context.outbox.map(({ to }) => to)).toEqual(['billing@fernhill.example'])
    expect(await Workspace.query(database.db).where({ owner_id: workspace.owner.id }).resultSize()).toBe(1)
  })
})

describe('a link that confirms nothing', () => {
  it.each(['', 'cut', '<script>'])('says so: %j', async (token) => {
    const html = await (await open(`/confirm-address?token=${encodeURIComponent(token)}`)).text()
    expect(html).toContain('This link does not work')
    expect(html).not.toContain('<script>')
  })

  it('ends after a day', async () => {
    await post('/app/sessions/address', { email: NEW }, cookie)
    const link = linkIn(0)
    context.advance(86_400_000)
    expect(await (await open(link)).text()).toContain('This link has expired')
    expect(await (await post('/confirm-address', { token: tokenOf(link) })).text()).toContain('expired')
  })
})
