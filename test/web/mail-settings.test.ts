import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { AddressConfirmation } from '../../src/db/models/address-confirmation.js'
import { Sender } from '../../src/db/models/sender.js'
import { Suppression } from '../../src/db/models/suppression.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { suppress } from '../../src/recovery/suppressions.js'
import { type MailSimulator, startMail } from '../simulator/mail/index.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { withoutData } from '../support/seen.js'
import { type SignedInBrowser, signIn } from '../support/signed-in.js'
import { aStoredCase } from '../support/stored-cases.js'
import { serveApp, type TestWeb } from '../support/web.js'

const { db } = useDatabase()
/** A Wednesday, 11:00 in Berlin. */
const NOW = new Date('2026-11-25T10:00:00Z')
const MAILS = '/app/settings/mails'
const SENDER = '/app/settings/sender'
const SUPPRESSED = '/app/settings/suppressed'

let provider: MailSimulator
let context: FakeContext
let web: TestWeb
let workspace: TestWorkspace
let browser: SignedInBrowser

beforeAll(async () => {
  provider = await startMail({ seed: 'mail-settings', strictDomains: true })
  web = await serveApp((appUrl) => {
    context = fakeContext({ db, settings: { appUrl, mailBaseUrl: provider.url }, at: NOW })
    return context
  })
})
beforeEach(async () => {
  await db('rate_limits').delete()
  await db('senders').delete()
  for (const domain of [...provider.domains.list]) provider.domains.remove(domain)
  workspace = await aWorkspace(context)
  browser = await signIn(web, context, workspace.owner)
  web.rings.length = 0
  context.outbox.length = 0
  context.answers = []
})
afterAll(async () => {
  await web.close()
  await provider.stop()
})

const plain = (html: string) =>
  withoutData(html)
    .replace(/<title>.*?<\/title>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#x27;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replace(/\s+/g, ' ')
const open = async (path: string) => (await browser.get(path)).text()
const read = async (path: string) => plain(await open(path))
/** Posts, and reads the page that it leads to. */
async function press(path: string, form: Record<string, string>, at = path): Promise<string> {
  const response = await browser.post(path, form)
  expect([response.status, response.headers.get('Location')]).toEqual([303, at])
  return read(at)
}
/** Posts what is answered at once with this status. */
async function pressAnd(status: number, path: string, form: Record<string, string>): Promise<string> {
  const response = await browser.post(path, form)
  expect(response.status).toBe(status)
  return response.text()
}
const row = () => Workspace.query(db).findById(workspace.id).throwIfNotFound()

describe('these settings', () => {
  it.each([
    [MAILS, { request: randomUUID() }],
    [SENDER, { do: 'name', senderName: 'Mallory' }],
    [`${SUPPRESSED}/${randomUUID()}/allow`, {}],
  ])('let nobody else press a button of %s', async (path, form) => {
    const signedOut = await fetch(web.url + path, { method: 'POST', redirect: 'manual', headers: { Origin: web.url } })
    expect([signedOut.status, signedOut.headers.get('Location')]).toEqual([302, '/sign-in'])
    expect((await browser.post(path, form, { Origin: 'https://evil.example' })).status).toBe(403)
    expect((await row()).sender_name).toBe('Maya')
    expect(context.outbox).toEqual([])
  })

  it('do nothing for a press that is none', async () => {
    await pressAnd(400, SENDER, { do: 'invented' })
    await pressAnd(400, MAILS, { request: 'mine' })
    await pressAnd(404, `${SUPPRESSED}/mine/allow`, {})
  })

  it('are each workspace’s own', async () => {
    const other = await aWorkspace(context, { name: 'Quayside' })
    await suppress(db, { workspaceId: other.id, address: 'ada@customer.example', reason: 'bounced', at: NOW })
    expect(await read(MAILS)).not.toContain('Quayside')
    expect(await read(SUPPRESSED)).toContain('Every address may be written to.')
    const { id } = await Suppression.query(db).findOne({ workspace_id: other.id }).throwIfNotFound()
    expect(await press(`${SUPPRESSED}/${id}/allow`, {}, SUPPRESSED)).toContain('was not on the list any more')
    expect(await Suppression.query(db).findById(id)).toBeDefined()
  })
})

describe('the preview of mails', () => {
  it('shows what its reader’s mail program would', async () => {
    const page = await read(`${MAILS}?template=reminder&class=funds&language=es&several=1`)
    expect(page).toContain('From Maya, de Fernhill <mail@secondloop.example>')
    expect(page).toContain(`Reply to ${workspace.owner.email} To ap@cloudsmith.example`)
    expect(page).toMatch(/List-Unsubscribe <http\S+\/r\/example\/stop\?all=1>/)
    expect(page).toContain('Estas 2 renovaciones siguen pendientes.')
  })

  it('begins with the first mail, and takes what can’t be for the first of its kind', async () => {
    const first = (page: string) => page.replace(/value="[\da-f-]{36}"/, '')
    expect(first(await open(`${MAILS}?template=ransom&class=none&language=tlh&several=yes&several=1`))).toBe(
      first(await open(MAILS)),
    )
  })

  it('leads from each choice to the others, keeping what was chosen', async () => {
    const page = await open(`${MAILS}?template=final_notice&class=unknown&language=pt`)
    expect(page).toContain(`href="${MAILS}?template=final_notice&amp;class=unknown&amp;language=fr"`)
    expect(page).toContain(`href="${MAILS}?template=reminder&amp;class=unknown&amp;language=pt"`)
    expect(plain(await open(`${MAILS}?template=thank_you`))).not.toContain('The bank wants a confirmation')
  })

  it('has the mail’s HTML in a frame that is locked in, which this page alone may hold', async () => {
    const page = await browser.get(`${MAILS}?language=de`)
    expect(page.headers.get('Content-Security-Policy')).toMatch(/style-src 'self';.*frame-src 'self'$/)
    const src = /<iframe[^>]* src="([^"]+)" sandbox=""/.exec(await page.text())?.[1]?.replaceAll('&amp;', '&') ?? ''
    const frame = await browser.get(src)
    expect(frame.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(frame.headers.get('Cache-Control')).toBe('no-store')
    expect(frame.headers.get('Content-Security-Policy')).toBe(
      "default-src 'none';object-src 'none';style-src 'unsafe-inline';form-action 'none';base-uri 'none';frame-ancestors 'self';sandbox",
    )
    const html = await frame.text()
    expect(html).toContain('Guten Tag')
    expect(html).toContain('<base target="_blank"/>')
    for (const other of ['/app/cases', SENDER, SUPPRESSED]) {
      const policy = (await browser.get(other)).headers.get('Content-Security-Policy')
      expect(policy).not.toContain('frame-src')
      expect(policy).toContain("frame-ancestors 'none'")
    }
  })

  it('shows names as they are typed, and no markup in them', async () => {
    await Workspace.query(db).findById(workspace.id).patch({ name: '<img src=x onerror=alert(1)>' })
    for (const path of [MAILS, `${MAILS}/preview`]) expect(await open(path)).not.toContain('<img src=x')
  })

  it('is the owner’s digest as well, which may have nothing to say', async () => {
    const path = `${MAILS}?template=digest`
    expect(await read(path)).toContain('There is nothing to say now')
    expect((await browser.get(`${MAILS}/preview?template=digest`)).status).toBe(404)
    await aStoredCase(context, workspace)
    expect(await read(path)).toContain('1 case stalled From SecondLoop <mail@secondloop.example>')
  })

  it('says that nothing is sent where no provider is set up', async () => {
    const { mail } = context
    Object.assign(context, { mail: null })
    const page = await read(MAILS)
    const tried = plain(await pressAnd(503, MAILS, { request: randomUUID() }))
    Object.assign(context, { mail })
    expect(page).toContain('No mail provider is set up: nothing is sent.')
    expect(page).not.toContain('Send it to me')
    expect(tried).toContain('Not sent: no mail provider is set up.')
  })
})

describe('a mail to try', () => {
  const wish = { template: 'final_notice', class: 'authentication', language: 'pt', several: '1' }
  const there = `${MAILS}?${new URLSearchParams(wish)}`

  it('is sent to the owner as it is shown, once for one press', async () => {
    const request = randomUUID()
    expect(await press(MAILS, { ...wish, request }, there)).toContain('Sent to you.')
    await press(MAILS, { ...wish, request }, there)
    expect(context.outbox).toHaveLength(1)
    expect(context.outbox[0]).toMatchObject({ to: workspace.owner.email, subject: expect.stringMatching(/^\[test\] /) })
    expect(await read(there)).toContain(context.outbox[0]?.subject.replace('[test] ', '') ?? 'nothing')
    expect(await read(there)).not.toContain('Sent to you.')
  })

  it('tells why it was not sent, and keeps what was chosen', async () => {
    context.answers = [{ kind: 'answered', mails: [{ accepted: false, reason: 'Invalid `to` field.' }] }]
    const refused = plain(await pressAnd(503, MAILS, { ...wish, request: randomUUID() }))
    expect(refused).toContain('Not sent: the mail provider refused the mail. It says: Invalid `to` field.')
    expect(refused).toContain('Maya, Fernhill <mail@secondloop.example>')

    context.answers = Array(3).fill({ kind: 'unknown', reason: 'TimeoutError' })
    expect(plain(await pressAnd(503, MAILS, { ...wish, request: randomUUID() }))).toContain(
      'did not answer (TimeoutError), so it may have gone out',
    )
  })

  it('is sent thirty times an hour at most', async () => {
    for (let n = 0; n < 30; n += 1) await browser.post(MAILS, { ...wish, request: randomUUID() })
    expect(context.outbox).toHaveLength(30)
    expect(plain(await pressAnd(429, MAILS, { ...wish, request: randomUUID() }))).toMatch(
      /Not sent: .* Wait \d+ minutes/,
    )
    expect(context.outbox).toHaveLength(30)
  })
})

describe('the sender', () => {
  const connect = (more: Record<string, string> = {}) => ({
    do: 'connect',
    fromAddress: 'billing@fernhill.example',
    apiKey: provider.addKey(),
    ...more,
  })

  it('is the installation’s, in the workspace’s name', async () => {
    expect(await read(SENDER)).toContain('Customers read: Maya, Fernhill <mail@secondloop.example> .')
  })

  it('is an own one once it is proven; its key is never shown', async () => {
    provider.addDomain('fernhill.example')
    const form = connect()
    const page = await press(SENDER, form)
    expect(page).toMatch(/Mails come from your own address now\. Resend tells us/)
    expect(page).toMatch(/Customers read Maya, Fernhill <billing@fernhill\.example> State In use/)
    expect(page).toContain(`Ends in ${form.apiKey.slice(-4)}, saved Wed 25 Nov, 11:00`)
    expect(page).toContain('Last looked at just now.')
    expect(await open(SENDER)).not.toContain(form.apiKey)
    expect(web.rings).toEqual([{ job: 'deliver-touches', payload: { workspaceId: workspace.id } }])
  })

  it('is refused beside the field, with what was typed kept', async () => {
    const form = connect()
    const unverified = await pressAnd(422, SENDER, form)
    expect(plain(unverified)).toMatch(/Nothing has changed.*Resend does not know it in this account/)
    expect(unverified).toContain('value="billing@fernhill.example"')
    expect(unverified).toContain(`value="${form.apiKey}"`)

    const unknown = await pressAnd(422, SENDER, connect({ apiKey: 're_nobody_knows_this_key' }))
    expect(plain(unknown)).toContain('Resend does not know this key.')
    expect(unknown).not.toContain('re_nobody_knows_this_key')
    expect(await Sender.query(db)).toEqual([])
  })

  it('says so when Resend does not answer', async () => {
    const heal = provider.faults.add({ route: 'GET /domains', kind: 'status', status: 500 })
    expect(plain(await pressAnd(503, SENDER, connect()))).toContain('Resend did not answer, so nothing has changed.')
    heal()
  })

  it('says since when and why Resend refuses it, what to do, and when that is over', async () => {
    provider.addDomain('fernhill.example')
    await press(SENDER, connect())
    web.rings.length = 0
    provider.domains.setStatus('fernhill.example', 'failed')
    expect(await press(SENDER, { do: 'check' })).toMatch(
      /Resend refuses mails.*Since Wed 25 Nov, 11:00, Resend refuses mails from billing@fernhill\.example: its domain is no longer verified there\. Mails that are due wait; none is sent from another address\. Look at the domain in Resend/,
    )
    expect(web.rings).toEqual([])
    provider.domains.setStatus('fernhill.example', 'verified')
    expect(await press(SENDER, { do: 'check' })).toMatch(/Resend takes mails from your address\..*State In use/)
    expect(web.rings).toHaveLength(1)

    const heal = provider.faults.add({ route: 'GET /domains', kind: 'status', status: 500 })
    expect(await press(SENDER, { do: 'check' })).toMatch(
      /Resend did not answer, so nothing has changed\..*State In use/,
    )
    heal()
  })

  it('asks for the webhook’s secret where the key can’t make it', async () => {
    provider.addDomain('fernhill.example')
    const page = await press(SENDER, connect({ apiKey: provider.addKey('sending_access') }))
    expect(page).toContain('once you have made the webhook below')
    expect(page).toContain('The key may only send, so it cannot ask about the domain.')
    expect(await open(SENDER)).toMatch(/value="http[^"]+\/webhooks\/resend\/[\w-]{20,}"/)
    expect(plain(await pressAnd(422, SENDER, { do: 'secret', secret: 'sesame' }))).toContain('begins with whsec_')
    const secret = `whsec_${Buffer.from('of this webhook').toString('base64')}`
    expect(await press(SENDER, { do: 'secret', secret })).toContain('From now on we hear what becomes of your mails.')
    expect(await open(SENDER)).not.toContain(secret)
  })

  it('is removed, and the installation’s is used again', async () => {
    provider.addDomain('fernhill.example')
    await press(SENDER, connect())
    expect(await press(SENDER, { do: 'remove' })).toMatch(
      /Your own sender is removed.*Customers read: Maya, Fernhill <mail@secondloop\.example>/,
    )
    expect(await press(SENDER, { do: 'check' })).toContain('there is no sender of your own')
  })

  it('has the name that signs', async () => {
    expect(await press(SENDER, { do: 'name', senderName: ' Noor ' })).toContain('Noor, Fernhill <mail@')
    const tooLong = await pressAnd(422, SENDER, { do: 'name', senderName: 'N'.repeat(41) })
    expect(plain(tooLong)).toContain('Keep it to 40 characters.')
    expect(tooLong).toContain('N'.repeat(41))
    expect(await press(SENDER, { do: 'name', senderName: '' })).toContain('Customers read: Fernhill <mail@')
  })
})

describe('answers of customers', () => {
  it('go to another address once its mailbox says yes', async () => {
    const page = await press(SENDER, { do: 'reply-to', replyTo: 'Help@fernhill.example' })
    expect(page).toMatch(/A link is on its way to that mailbox.*help@fernhill\.example was mailed a link/)
    expect(context.outbox).toMatchObject([{ to: 'help@fernhill.example' }])
    expect((await row()).reply_to).toBeNull()
    expect(await press(SENDER, { do: 'reply-to-me' })).toMatch(/Answers of customers come to you\./)
    expect(await AddressConfirmation.query(db).where({ owner_id: workspace.owner.id })).toEqual([])
  })

  it('come to the owner since a mail to the address came back, which can be asked anew', async () => {
    const bounced = { reply_to: 'help@fernhill.example', reply_to_bounced_at: NOW }
    await Workspace.query(db).findById(workspace.id).patch(bounced)
    expect(await read(SENDER)).toMatch(
      /A mail to help@fernhill\.example came back Wed 25 Nov, 11:00\. Answers come to you/,
    )
    expect(await open(SENDER)).toContain('value="help@fernhill.example"')
    await press(SENDER, { do: 'reply-to', replyTo: 'help@fernhill.example' })
    expect(context.outbox).toMatchObject([{ to: 'help@fernhill.example' }])
  })

  it('can’t go to what is no address, nor be asked for too often', async () => {
    const fault = await pressAnd(422, SENDER, { do: 'reply-to', replyTo: 'nobody' })
    expect(plain(fault)).toContain('This is not an address we can write to.')
    expect(fault).toContain('value="nobody"')
    for (let n = 0; n < 5; n += 1) await browser.post(SENDER, { do: 'reply-to', replyTo: `a${n}@fernhill.example` })
    expect(plain(await pressAnd(429, SENDER, { do: 'reply-to', replyTo: 'b@fernhill.example' }))).toMatch(
      /Wait \d+ minutes/,
    )
  })

  it('say so when the mail with the link was not taken', async () => {
    context.answers = Array(3).fill({ kind: 'unknown', reason: 'ECONNRESET' })
    expect(plain(await pressAnd(503, SENDER, { do: 'reply-to', replyTo: 'help@fernhill.example' }))).toContain(
      'The mail with the link could not be sent',
    )
  })
})

describe('suppressed addresses', () => {
  const stop = (address: string) => suppress(db, { workspaceId: workspace.id, address, reason: 'complained', at: NOW })

  it('are listed with why and since when, and allowed again with a word about the provider', async () => {
    expect(await read(SUPPRESSED)).toContain('Every address may be written to.')
    await stop('ada@customer.example')
    context.advance(3_600_000)
    const page = await open(SUPPRESSED)
    expect(plain(page)).toMatch(
      /1 address that nobody writes to.*ada@customer\.example Somebody there marked .* 1h ago/,
    )
    expect(plain(page)).toContain('The mail provider keeps a list of its own')
    const path = /action="([^"]+allow)"/.exec(page)?.[1] ?? ''
    expect(await press(path, {}, SUPPRESSED)).toMatch(/Allowed again.*Every address may be written to\./)
    expect(await press(path, {}, SUPPRESSED)).toContain('was not on the list any more')
    context.advance(-3_600_000)
  })

  it('come a hundred at a time', async () => {
    for (let n = 0; n < 101; n += 1) await stop(`person${n}@customer.example`)
    const first = await open(SUPPRESSED)
    expect(plain(first)).toContain('101 addresses that nobody writes to')
    expect(first.match(/class="address"/g)).toHaveLength(100)
    const next = /href="([^"]+after=[^"]+)"/.exec(first)?.[1] ?? ''
    const second = await open(next)
    expect(second.match(/class="address"/g)).toHaveLength(1)
    expect(plain(second)).toContain('Newest')
  })
})
