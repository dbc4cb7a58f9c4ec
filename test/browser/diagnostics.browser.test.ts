import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { History } from '../simulator/history/history.js'
import { truthOf } from '../simulator/history/truth.js'
import { arrive } from './arrive.js'
import { aPerson, openChromium, type Watched } from './chromium.js'
import { lookAt, takeShot } from './look.js'
import { signIn } from './sign-in.js'
import { eventually, openStage, type Stage, type StagedWorkspace } from './stage.js'

/* The 90-day diagnostic: it begins by itself, shows how far it is, and its report opens into rows, files and cases. */

const DAY_MS = 86_400_000

let stage: Stage
let browser: Browser
let fernhill: StagedWorkspace
let owner: Watched
let page: Page

beforeAll(async () => {
  browser = await openChromium()
  stage = await openStage('diagnostics')
  const now = Date.now()
  const history = new History(stage.stripe, { from: now - 110 * DAY_MS, until: now, customers: 400, failures: 0.15 })
  while (history.step());
  history.end()
  // Until somebody has looked at a run that is under way.
  stage.stripe.faults.add({ route: 'GET /v1/charges', kind: 'slow', ms: 1_500 })
  fernhill = await stage.addWorkspace({ owner: 'maya@fernhill.example', name: 'Fernhill', diagnostics: true })
  owner = await aPerson(browser)
  page = await owner.person.newPage()
})
afterAll(async () => {
  await browser?.close()
  await stage?.stop()
})

const open = (path: string) => page.goto(new URL(path, stage.appUrl).href)
const press = (name: string) => arrive(page, () => page.getByRole('button', { name }).click())
const showing = (text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: 60_000 })

describe('the 90-day diagnostic', () => {
  it('begins by itself, shows how far it is, and becomes the report without a reload', async () => {
    await signIn(page, fernhill)
    await page.getByText('Size the leak').waitFor()
    await open('/app/diagnostics')
    await page.getByRole('progressbar', { name: 'Read from Stripe' }).waitFor({ timeout: 30_000 })
    await showing('Reading charges')
    expect(await lookAt(page, 'diagnostic-running')).toEqual([])
    await page.setViewportSize({ width: 1600, height: 900 })
    stage.stripe.faults.clear()

    await page.getByRole('article', { name: 'USD' }).waitFor({ timeout: 60_000 })
    await showing('System checks')
    expect(await lookAt(page, 'diagnostic')).toEqual([])
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1600, height: 1200 })
    await takeShot(page, 'readme-diagnostic')
  })

  it('opens a number into the invoices behind it, and gives them as a file', async () => {
    await open('/app/diagnostics?currency=eur')
    expect(await page.locator('.currencies [aria-current]').innerText()).toBe('EUR')
    const usd = page.getByRole('article', { name: 'USD' })
    const failed = Number(await usd.locator('.rate a strong').innerText())
    await arrive(page, () => usd.locator('.rate a').click())
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Failed renewals · USD')
    expect(await page.locator('table.findings tbody tr').count()).toBe(failed)
    const since = Date.now() / 1_000 - 90 * 86_400
    const truth = truthOf(stage.stripe.account).filter(({ currency, invoice }) => {
      return currency === 'usd' && stage.stripe.account.store.invoices.require(invoice).created >= since
    })
    expect(failed).toBe(truth.length)
    expect(await lookAt(page, 'diagnostic-rows')).toEqual([])

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download CSV' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^diagnostic-\d{4}-\d\d-\d\d\.csv$/)
    await arrive(page, () => page.getByRole('link', { name: '90-day diagnostic' }).click())
    await showing('lost from')
  })

  it('prints without what is not the report', async () => {
    await open('/app/diagnostics')
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByRole('button', { name: 'Run again' }).isVisible()).toBe(false)
    expect(await page.locator('.sidebar').isVisible()).toBe(false)
    expect(await page.getByText('lost from').first().isVisible()).toBe(true)
    await takeShot(page, 'diagnostic-printed')
    await page.emulateMedia({ media: 'screen' })
  })

  it('is mailed to the owner who asks for it', async () => {
    await open('/app/diagnostics')
    await press('Mail it to me')
    await showing('It is on its way to your mailbox.')
    await eventually(async () => {
      const mail = stage.mail.inbox.mails.find(({ subject }) => subject === 'Your 90-day diagnostic')
      return mail?.text?.includes('at risk') ? mail : null
    }, 'a mail with the report')
  })

  it('opens cases of what is unpaid, once the owner has seen which', async () => {
    await open('/app/diagnostics')
    await arrive(page, () => page.getByRole('link', { name: 'See what would happen' }).click())
    await showing('These become cases')
    expect(await lookAt(page, 'diagnostic-past')).toEqual([])
    const boxes = page.getByRole('checkbox')
    const count = await boxes.count()
    expect(count).toBeGreaterThan(1)
    await boxes.first().uncheck()
    await press(`Open ${count} cases`)
    await showing('The cases are opened now')
    await eventually(async () => {
      const cases = await RecoveryCase.query(stage.context.db).where({ workspace_id: fernhill.id })
      return cases.length === count - 1 ? cases : null
    }, 'all cases but the one left out')
  })

  it('runs again when asked, stops when told, and keeps the report', async () => {
    stage.stripe.faults.add({ route: 'GET /v1/charges', kind: 'slow', ms: 3_000 })
    await open('/app/diagnostics')
    await press('Run again')
    await page.getByRole('button', { name: 'Stop' }).waitFor({ timeout: 20_000 })
    await showing('The report before')
    await press('Stop')
    await showing('The last run was stopped before it came to a report.')
    await showing('lost from')
    stage.stripe.faults.clear()
  })

  it('comes round when the owner wants, and says what is wrong with a threshold', async () => {
    await open('/app/diagnostics')
    await arrive(page, () => page.getByRole('link', { name: 'Change', exact: true }).click())
    expect(await lookAt(page, 'diagnostic-schedule')).toEqual([])
    await page.getByLabel('By more than, in percent').fill('many')
    await press('Save')
    await showing('A whole number of percent, from 1 to 1000.')
    await page.getByLabel('By more than, in percent').fill('40')
    await page.getByLabel('Day', { exact: true }).selectOption('Thursday')
    await press('Save')
    await showing('Runs again every Thursday at 06:00, Berlin time.')
  })

  it('makes the browser complain of nothing, and ask nobody else', () => {
    expect(owner.complaints).toEqual([])
    expect([...owner.origins]).toEqual([new URL(stage.appUrl).origin])
  })
})
