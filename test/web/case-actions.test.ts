import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Touch } from '../../src/db/models/touch.js'
import { findByLink } from '../../src/recovery/follow-link.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { switchPrompts } from '../../src/recovery/switch-prompts.js'
import { presentSaid } from '../../src/web/presenters/said.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'
import { withoutData } from '../support/seen.js'
import { type SignedInBrowser, signIn } from '../support/signed-in.js'
import { aSentTouch, HOUR } from '../support/stored-cases.js'
import { stripeAnswersOnly } from '../support/stripe-answers.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
/** A Wednesday, 11:00 in Berlin. */
const NOW = new Date('2026-11-25T10:00:00Z')
const ACTIONS = ['pause', 'resume', 'dismiss', 'retry', 'link', 'send']

let context: FakeContext
let web: TestWeb
let workspace: TestWorkspace
let browser: SignedInBrowser
let page: string

beforeAll(async () => {
  nock.disableNetConnect()
  nock.enableNetConnect('localhost')
  web = await serveApp((appUrl) => {
    context = fakeContext({ db: database.db, settings: { appUrl }, at: NOW })
    return context
  })
})
beforeEach(async () => {
  stripeAnswersOnly(503)
  workspace = await aWorkspace(context)
  browser = await signIn(web, context, workspace.owner)
  const failed = failedInvoice('2026-10-28.endive')
  await processEvent(context, await aStoredEvent(context, workspace, 'invoice.payment_failed', failed))
  page = `/app/cases/${(await theCase()).id}`
  web.rings.length = 0
})
afterEach(() => nock.cleanAll())
afterAll(async () => {
  await web.close()
  nock.enableNetConnect()
})

const theCase = () => RecoveryCase.query(database.db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
const entries = () => CaseEntry.query(database.db).where({ workspace_id: workspace.id }).orderBy('id')
const textOf = async (response: Response) =>
  withoutData(await response.text())
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')

/** Presses a button of the case, follows the redirect, and reads what the page says. */
async function press(action: string, form: Record<string, string> = {}): Promise<string> {
  const response = await browser.post(`${page}/${action}`, form)
  expect([response.status, response.headers.get('Location')]).toEqual([303, page])
  return textOf(await browser.get(page))
}

describe('the owner’s buttons', () => {
  it('pause and resume a case, and say so once', async () => {
    expect(await press('pause')).toContain('Paused. Nothing is sent about this invoice until you resume it.')
    expect((await theCase()).paused_at).toEqual(context.now())
    const again = await textOf(await browser.get(page))
    expect(again).not.toContain('Nothing is sent about this invoice until you resume it.')
    expect(again).toContain('You paused it')

    expect(await press('pause')).toContain('This case was paused already.')
    expect(await press('resume')).toContain('Resumed. What is planned stands below.')
    expect((await theCase()).paused_at).toBeNull()
    const payload = { workspaceId: workspace.id }
    expect(web.rings).toEqual([
      { job: 'deliver-touches', payload },
      { job: 'settle-cards', payload },
    ])
  })

  it('dismiss a case, which then has no buttons any more', async () => {
    const text = await press('dismiss')

    expect(text).toContain('Dismissed. Nothing more is sent.')
    expect(text).not.toMatch(/Pause|Retry payment|recovery link/)
    expect((await theCase()).outcome).toBe('dismissed')
    expect(await press('pause')).toContain('Not paused: the case is closed.')
    expect(await press('link')).toContain('There is no link any more: the case is closed.')
    expect(await press('retry', { request: randomUUID() })).toContain('Nothing was charged: the case is closed.')
  })

  it('show the recovery link in the answer alone', async () => {
    const response = await browser.post(`${page}/link`)

    expect([response.status, response.headers.get('Location')]).toEqual([200, null])
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    const token = /value="[^"]*\/r\/([\w-]+)"/.exec(await response.text())?.[1] ?? ''
    expect((await findByLink(context, token))?.recoveryCase.id).toBe((await theCase()).id)
    expect(response.headers.getSetCookie().join()).not.toContain(token)
    expect(await (await browser.get(page)).text()).not.toContain(token)
  })

  it('say that nothing was charged when Stripe does not answer', async () => {
    const text = await press('retry', { request: randomUUID() })

    expect(text).toContain('Nothing was charged: Stripe did not answer.')
  })

  it('charge nothing for a form without the id of its page', async () => {
    expect((await browser.post(`${page}/retry`)).status).toBe(400)
    expect((await browser.post(`${page}/retry`, { request: 'again' })).status).toBe(400)
    expect((await entries()).map(({ kind }) => kind)).not.toContain('payment_retried')
  })
})

describe('sending now', () => {
  const send = (request = randomUUID()) => press('send', { request })
  const touches = () => Touch.query(database.db).where({ workspace_id: workspace.id }).orderBy('step')
  /** The first mail went out this long ago, in hours. */
  async function written(hours: number) {
    const { id } = (await touches())[0] ?? {}
    const recoveryCase = await theCase()
    await Touch.query(database.db).findById(String(id)).delete()
    await aSentTouch(context, recoveryCase, new Date(context.now().getTime() - hours * HOUR))
  }

  it('has the next mail go out at once, and says so on the timeline', async () => {
    await written(30)
    expect(await send()).toMatch(/The next mail goes out now.*You asked to send now.*Reminder goes out now/)
    expect((await touches())[1]?.due_at).toEqual(context.now())
    expect(web.rings).toEqual([{ job: 'deliver-touches', payload: { workspaceId: workspace.id } }])
  })

  it('waits for the distance to the last mail', async () => {
    await written(2)
    expect(await send()).toContain('Planned for the first moment that your sending hours')
    expect((await touches())[1]?.due_at).toEqual(new Date(context.now().getTime() + 22 * HOUR))
  })

  it('sends once for a press that comes twice', async () => {
    await written(30)
    const request = randomUUID()
    await send(request)
    expect(await send(request)).toContain('You asked for this mail already')
    expect((await entries()).filter(({ kind }) => kind === 'sent_now')).toHaveLength(1)
    expect(web.rings).toHaveLength(1)
  })

  it.each([
    ['the case is paused', () => press('pause'), 'the case is paused. Resume it first.'],
    ['the case is closed', () => press('dismiss'), 'Not sent: the case is closed.'],
    ['prompts are off', () => switchPrompts(context, { workspaceId: workspace.id, on: false }), 'prompts are off'],
    [
      'the customer stopped reminders',
      async () =>
        RecoveryCase.query(database.db)
          .findById((await theCase()).id)
          .patch({ reminders_stopped_at: NOW }),
      'the customer stopped reminders',
    ],
    [
      'the last mail went out',
      async () => aSentTouch(context, await theCase(), NOW, { step: 9, template: 'final_notice' }),
      'the last mail told the customer that no other follows',
    ],
  ])('says that nothing is sent when %s', async (_, given, words) => {
    await written(30)
    await given()
    web.rings.length = 0
    expect(await send()).toContain(words)
    expect(web.rings).toEqual([])
    expect((await entries()).map(({ kind }) => kind)).not.toContain('sent_now')
  })

  it('takes no form without the id of its page', async () => {
    expect((await browser.post(`${page}/send`)).status).toBe(400)
    expect(web.rings).toEqual([])
  })
})

describe('nobody but the owner', () => {
  let before: unknown
  beforeEach(async () => {
    before = [await theCase(), await entries()]
  })
  afterEach(async () => {
    expect([await theCase(), await entries()]).toEqual(before)
    expect(web.rings).toEqual([])
  })

  it.each(ACTIONS)('can %s a case: the signed-out are led to the door', async (action) => {
    const response = await fetch(`${web.url}${page}/${action}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { Origin: web.url },
    })
    expect([response.status, response.headers.get('Location')]).toEqual([302, '/sign-in'])
  })

  it.each(ACTIONS)('can %s a case: another owner finds none', async (action) => {
    const other = await aWorkspace(context, { name: 'Elsewhere' })
    const theirs = await signIn(web, context, other.owner)
    const response = await theirs.post(`${page}/${action}`, { request: randomUUID() })
    expect(response.status).toBe(404)
    expect(await response.text()).not.toContain('Ada')
  })

  it.each(ACTIONS)('can %s a case: another site is refused', async (action) => {
    const headers: Record<string, string>[] = [
      { Origin: 'https://evil.example' },
      { 'Sec-Fetch-Site': 'cross-site', Origin: web.url },
      {},
    ]
    for (const each of headers) expect((await browser.post(`${page}/${action}`, {}, each)).status).toBe(403)
  })

  it.each(ACTIONS)('can %s a case by a link: a GET is no press', async (action) => {
    expect((await browser.get(`${page}/${action}`)).status).toBe(404)
  })

  it.each(ACTIONS)('can %s what is no id', async (action) => {
    expect((await browser.post(`/app/cases/../${action}`, {})).status).toBe(404)
    expect((await browser.post(`/app/cases/1/${action}`, {})).status).toBe(404)
  })
})

describe('what is said', () => {
  it('is said on the page that it belongs to', async () => {
    await browser.post(`${page}/pause`)
    expect(await textOf(await browser.get('/app/events'))).not.toContain('Paused.')
    expect(await textOf(await browser.get(page))).toContain('Paused. Nothing is sent')
  })

  it('is a sentence of ours, whatever a cookie says', () => {
    expect(presentSaid('pause-done')?.words).toContain('Paused.')
    for (const forged of ['constructor', '__proto__', 'Paused.', '<script>', '', null]) {
      expect(presentSaid(forged)).toBeNull()
    }
  })
})
