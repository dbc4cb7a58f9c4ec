import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { fromBufferPromise } from 'yauzl'
import { takeTry } from '../../src/accounts/limits.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { withoutData } from '../support/seen.js'
import { type SignedInBrowser, signIn } from '../support/signed-in.js'
import { aStoredCase } from '../support/stored-cases.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
const HERE = '/app/settings/workspace'

let context: FakeContext
let web: TestWeb
let fernhill: TestWorkspace
let tidewater: TestWorkspace
let browser: SignedInBrowser

beforeAll(async () => {
  web = await serveApp((appUrl) => {
    context = fakeContext({ db: database.db, settings: { appUrl } })
    return context
  })
})
beforeEach(async () => {
  fernhill = await aWorkspace(context, { name: 'Fernhill & Co', timeZone: 'Europe/Berlin' })
  tidewater = await aWorkspace(context, { name: 'Tidewater' })
  browser = await signIn(web, context, fernhill.owner)
  web.rings.length = 0
})
afterAll(() => web.close())

const textOf = async (response: Response) =>
  withoutData(await response.text())
    .replace(/<title>.*?<\/title>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
const stored = (id: string) => Workspace.query(database.db).findById(id)
const details = (over: Record<string, string>) =>
  browser.post(HERE, { do: 'details', name: 'Fernhill & Co', timeZone: 'Europe/Berlin', ...over })

describe('the settings of a workspace', () => {
  it('are where the settings begin', async () => {
    expect((await browser.get('/app/settings')).headers.get('Location')).toBe(HERE)
    const text = await textOf(await browser.get(HERE))
    expect(text).toMatch(/Workspace Stripe Prompts Campaign Mails Sender Suppressed addresses/)
    expect(text).toContain(fernhill.owner.email)
  })

  it('take another name and time zone, and plan reminders anew', async () => {
    const response = await details({ name: ' Fernhill  Ltd ', timeZone: 'America/New_York' })
    expect([response.status, response.headers.get('Location')]).toEqual([303, HERE])
    expect(await stored(fernhill.id)).toMatchObject({ name: 'Fernhill Ltd', time_zone: 'America/New_York' })
    expect(web.rings).toEqual([{ job: 'deliver-touches', payload: { workspaceId: fernhill.id } }])
    expect(await textOf(await browser.get(HERE))).toContain('Reminders that are not on their way yet are planned anew')
    expect(await textOf(await browser.get(HERE))).not.toContain('planned anew')
    expect(await stored(tidewater.id)).toMatchObject({ name: 'Tidewater' })
  })

  it('ring for nobody when only the name changed, or nothing', async () => {
    await details({ name: 'Fernhill' })
    await details({ name: 'Fernhill' })
    expect(web.rings).toEqual([])
    expect(await textOf(await browser.get(HERE))).toContain('Saved.')
  })

  it.each([
    [{ name: ' ' }, 'Give it a name: customers see it on every mail.'],
    [{ name: 'x'.repeat(81) }, 'Keep it to 80 characters.'],
    [{ name: 'Other', timeZone: 'Mars/Olympus' }, 'Choose a time zone from the list.'],
  ])('refuse %j with a sentence, and keep what was typed', async (typed, fault) => {
    const response = await details(typed)
    expect(response.status).toBe(422)
    const html = await response.text()
    expect(html).toContain(fault)
    if ('name' in typed) expect(html).toContain(`value="${typed.name}"`)
    expect(await stored(fernhill.id)).toMatchObject({ name: 'Fernhill & Co', time_zone: 'Europe/Berlin' })
  })

  it('give all data of this workspace and of no other', async () => {
    await aStoredCase(context, fernhill, { customer_name: 'Cloudsmith' })
    await aStoredCase(context, tidewater, { customer_name: 'Zebedee' })
    const response = await browser.get(`${HERE}/export.zip`)
    expect(response.headers.get('Content-Type')).toBe('application/zip')
    expect(response.headers.get('Content-Disposition')).toMatch(
      /^attachment; filename="secondloop-\d{4}-\d\d-\d\d\.zip"$/,
    )
    const zip = await fromBufferPromise(Buffer.from(await response.arrayBuffer()))
    let text = ''
    for await (const entry of zip.eachEntry()) {
      for await (const chunk of await zip.openReadStreamPromise(entry)) text += chunk
    }
    expect(text).toContain('Cloudsmith')
    expect(text).not.toContain('Zebedee')
  })

  it('give files sixty times an hour at most, whichever they are, and another workspace its own', async () => {
    for (let time = 0; time < 60; time++) await takeTry(context, 'download', fernhill.id)
    for (const path of [`${HERE}/export.zip`, '/app/cases.csv', '/app/diagnostics/rows.csv']) {
      const response = await browser.get(path)
      expect(response.status).toBe(429)
      expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0)
    }
    const other = await signIn(web, context, tidewater.owner)
    expect((await other.get('/app/cases.csv')).status).toBe(200)
  })

  it('delete nothing until the name is typed', async () => {
    const response = await browser.post(HERE, { do: 'delete', confirm: 'fernhill' })
    expect(response.status).toBe(422)
    expect(await textOf(response)).toContain('Nothing was deleted. Type the name as it stands: Fernhill & Co')
    expect(await stored(fernhill.id)).toBeDefined()
  })

  it('delete everything, sign out, and say what is left to do', async () => {
    const other = await signIn(web, context, fernhill.owner)
    const response = await browser.post(HERE, { do: 'delete', confirm: 'Fernhill & Co' })
    expect(response.status).toBe(200)
    expect(response.headers.get('Clear-Site-Data')).toBe('"cache", "storage"')
    expect(await textOf(response)).toContain('delete the webhook endpoint, and the restricted key')
    expect(await stored(fernhill.id)).toBeUndefined()
    expect(await stored(tidewater.id)).toBeDefined()
    for (const each of [browser, other]) {
      expect((await each.get('/app')).headers.get('Location')).toBe('/sign-in')
    }
    // A second press of the same button, or the back button, finds nobody signed in.
    const again = await other.post(HERE, { do: 'delete', confirm: 'Fernhill & Co' })
    expect(again.headers.get('Location')).toBe('/sign-in')
  })

  it('know no other form', async () => {
    expect((await browser.post(HERE, { do: 'constructor' })).status).toBe(400)
    expect((await browser.post(HERE, {})).status).toBe(400)
  })
})
