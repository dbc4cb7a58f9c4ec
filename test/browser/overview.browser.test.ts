import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { bookCases } from './book-of-cases.js'
import { aPerson, openChromium, type Watched } from './chromium.js'
import { lookAt, takeShot } from './look.js'
import { signIn } from './sign-in.js'
import { openStage, type Stage } from './stage.js'

/* What the panel's client adds to its screens: they follow what happens, and find while one types. */

let stage: Stage
let browser: Browser
let owner: Watched
let page: Page

beforeAll(async () => {
  browser = await openChromium()
  stage = await openStage('overview')
  const fernhill = await stage.addWorkspace({ owner: 'maya@fernhill.example', name: 'Fernhill' })
  owner = await aPerson(browser)
  page = await owner.person.newPage()
  await signIn(page, fernhill)
})
afterAll(async () => {
  await browser?.close()
  await stage?.stop()
})

const main = () => page.locator('main')
const showing = (text: string | RegExp) => main().getByText(text).first().waitFor({ timeout: 20_000 })
const open = (path: string) => page.goto(new URL(path, stage.appUrl).href)

describe('a screen', () => {
  it('shows by itself what happens meanwhile, and leaves everything else as it was', async () => {
    await open('/app')
    await showing('No renewal has failed since you turned prompts on')
    expect(await main().getByText('Hear from Stripe').isVisible()).toBe(true)
    await page.getByText('Custom', { exact: true }).click()
    const firstDay = page.getByLabel('First day')
    await firstDay.fill('2026-01-31')

    await bookCases(stage)
    await main().getByRole('article', { name: 'USD' }).waitFor({ timeout: 20_000 })
    expect(await main().getByText('Hear from Stripe').count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Cases' }).innerText()).toMatch(/Cases\s*5/)
    expect(await firstDay.isVisible()).toBe(true)
    expect(await firstDay.inputValue()).toBe('2026-01-31')
  })

  it('keeps what was opened and focused through what changes', async () => {
    await open('/app?days=7')
    await page.getByText('Show as a table').click()
    const all = page.getByRole('link', { name: /All \d+ open/ })
    await all.focus()
    expect(await all.innerText()).toBe('All 5 open')
    stage.stripe.failRenewal({ name: 'Parcelbird', declineCode: 'expired_card' })
    await page.getByRole('link', { name: 'All 6 open' }).waitFor({ timeout: 20_000 })
    expect(await page.evaluate('document.activeElement.textContent')).toBe('All 6 open')
    expect(await page.getByRole('columnheader', { name: 'USD exposed' }).isVisible()).toBe(true)
  })

  it('is asked for in one round, however often one comes back to it', async () => {
    await open('/app/cases')
    await page.waitForFunction(() => 'AdminJS' in globalThis)
    let asked = 0
    await page.route('**/app/api/pages/cases*', async (route) => {
      asked += 1
      await new Promise((resolve) => setTimeout(resolve, 500))
      await route.continue()
    })
    for (let times = 0; times < 5; times += 1) {
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    }
    // At once, and again after half a second and the pause between two rounds.
    await page.waitForTimeout(7_000)
    await page.unroute('**/app/api/pages/cases*')
    expect(asked).toBeGreaterThanOrEqual(1)
    expect(asked).toBeLessThanOrEqual(2)
  })

  it('says when it is not up to date, and when it is again', async () => {
    await open('/app/cases')
    await owner.person.setOffline(true)
    await showing('Not up to date')
    await owner.person.setOffline(false)
    await main().getByText('Not up to date').waitFor({ state: 'detached', timeout: 20_000 })
    // The browser itself tells of what could not be loaded.
    owner.complaints.splice(0)
  })

  it('leads to the sign-in once the session has ended', async () => {
    const second = await stage.addWorkspace({ owner: 'zoe@tidewater.example', name: 'Tidewater' })
    const zoe = await aPerson(browser)
    const hers = await zoe.person.newPage()
    await signIn(hers, second)
    await hers.goto(`${stage.appUrl}/app/cases`)
    await stage.context
      .db('sessions')
      .where({ owner_id: stage.context.db('workspaces').where({ id: second.id }).select('owner_id') })
      .delete()
    await hers.waitForURL('**/sign-in', { timeout: 20_000 })
    await zoe.person.close()
  })
})

describe('the search', () => {
  it('finds a case while one types, by keyboard', async () => {
    await open('/app/events')
    await page.getByRole('searchbox').focus()
    await page.keyboard.type('clouds')
    await page.locator('.found a').waitFor()
    await takeShot(page, 'look-up')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/app/cases/*')
    expect(await page.locator('h1').innerText()).toBe('Cloudsmith')
  })

  it('says when nothing begins so', async () => {
    await page.getByRole('searchbox').fill('%%%')
    await page.getByText('Nothing begins like this').waitFor()
  })
})

describe('the overview', () => {
  it('explains its figures to the mouse and to the keyboard', async () => {
    await open('/app')
    const definition = page.getByText('Recovered divided by exposed').first()
    expect(await definition.isVisible()).toBe(false)
    await page.getByText('recovery rate').first().hover()
    expect(await definition.isVisible()).toBe(true)
    await page.mouse.move(0, 0)
    expect(await definition.isVisible()).toBe(false)
    await page.locator('.def', { hasText: 'exposed' }).first().focus()
    await page.keyboard.press('Tab')
    expect(await definition.isVisible()).toBe(true)
  })

  it('says why days can’t be shown, and keeps them', async () => {
    await open('/app?first=2026-11-02&last=2026-11-01')
    expect(await main().innerText()).toContain('The last day is before the first.')
    expect(await page.getByLabel('First day').inputValue()).toBe('2026-11-02')
    expect(await lookAt(page, 'overview-custom')).toEqual([])
  })
})

it('asks nobody else for anything, and the browser has nothing to complain about', () => {
  expect([...owner.origins]).toEqual([stage.appUrl])
  expect(owner.complaints).toEqual([])
})
