import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { arrive } from './arrive.js'
import { aPerson, openChromium, type Watched } from './chromium.js'
import { lookAt } from './look.js'
import { signIn } from './sign-in.js'
import { openStage, type Stage } from './stage.js'

/* What the owner does to the workspace and to the connection with Stripe, and what an operator looks at. */

let stage: Stage
let browser: Browser
let owner: Watched
let page: Page

beforeAll(async () => {
  browser = await openChromium()
  stage = await openStage('owners-settings')
  const fernhill = await stage.addWorkspace({ owner: 'maya@fernhill.example', name: 'Fernhill' })
  owner = await aPerson(browser)
  page = await owner.person.newPage()
  await signIn(page, fernhill)
})
afterAll(async () => {
  await browser?.close()
  await stage?.stop()
})

const open = (path: string) => page.goto(new URL(path, stage.appUrl).href)
const press = (name: string) => arrive(page, () => page.getByRole('button', { name, exact: true }).click())
const unfold = (name: string) => page.locator('summary', { hasText: name }).click()
const said = () => page.locator('.notice').first().innerText()
const urlShown = () => page.getByLabel('Webhook URL').inputValue()
const ourEndpoints = () => stage.stripe.webhooks.endpoints.map(({ url }) => url)

describe('the workspace', () => {
  it('gets another name and time zone', async () => {
    await open('/app/settings')
    await page.getByLabel('Name', { exact: true }).fill('Fernhill Studio')
    await page.getByLabel('Time zone').selectOption('America/New_York')
    await press('Save')
    expect(await said()).toContain('planned anew')
    expect(await page.locator('.workspace-name').innerText()).toBe('Fernhill Studio')
  })

  it('gives its data away', async () => {
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download everything' }).click()
    expect((await download).suggestedFilename()).toMatch(/^secondloop-.*\.zip$/)
  })

  it('is not deleted by a slip', async () => {
    await unfold('Delete…')
    await page.getByLabel('Type Fernhill Studio to confirm').fill('Fernhill')
    await press('Delete Fernhill Studio and everything in it')
    expect(await page.locator('main').innerText()).toContain('Nothing was deleted. Type the name as it stands')
    expect(await lookAt(page, 'settings-workspace-delete')).toEqual([])
  })
})

describe('the connection with Stripe', () => {
  it('is checked again, permission by permission', async () => {
    await open('/app/settings/stripe')
    await press('Check again')
    expect(await said()).toContain('What it said stands below')
    expect(await page.getByRole('row', { name: /Invoices, read/ }).innerText()).toContain('Works')
  })

  it('gets another webhook URL, and the endpoint follows', async () => {
    await press('Put the endpoint right')
    const before = await urlShown()
    expect(ourEndpoints()).toEqual([before])
    await unfold('New URL…')
    await press('Make a new URL')
    const after = await urlShown()
    expect(after).not.toBe(before)
    expect(await page.locator('main').innerText()).toContain('still works, until')
    await press('Put the endpoint right')
    expect(ourEndpoints()).toEqual([after])
  })

  it('rolls over to another signing secret', async () => {
    await unfold('Roll over to a new one…')
    await page.getByLabel('New signing secret').fill('whsec_0123456789abcdef0123456789abcdef')
    await press('Save the secret')
    expect(await page.locator('main').innerText()).toMatch(/Ends in cdef[\s\S]*Replaced: valid until/)
    expect(await lookAt(page, 'settings-stripe-rolled')).toEqual([])
  })

  it('says what is wrong with a key, beside it', async () => {
    await unfold('Use another key…')
    await page.getByLabel('Restricted key').fill('sk_live_0123456789abcdef')
    await press('Save and check')
    expect(await page.locator('main').innerText()).toContain('We only take restricted keys')
    expect(await page.content()).not.toContain('0123456789abcdef')
  })
})

describe('the jobs', () => {
  it('are there for the operator, with the installation', async () => {
    await open('/app')
    await arrive(page, () => page.getByRole('link', { name: 'Jobs' }).click())
    expect(await page.locator('main').innerText()).toContain('Everything that is due gets done')
    await arrive(page, () => page.getByRole('link', { name: 'upkeep' }).click())
    await page.getByText('sweep').first().waitFor()
    expect(await page.title()).toContain('SecondLoop jobs')
  })

  it('are not there for another owner', async () => {
    const other = await aPerson(browser)
    const hers = await other.person.newPage()
    await signIn(hers, await stage.addWorkspace({ owner: 'zoe@tidewater.example', name: 'Tidewater' }))
    expect(await hers.getByRole('link', { name: 'Jobs' }).count()).toBe(0)
    for (const path of ['/jobs', '/jobs/installation']) {
      expect((await hers.goto(stage.appUrl + path))?.status()).toBe(404)
    }
    await other.person.close()
  })
})

describe('the end', () => {
  it('comes after one more press, with Stripe', async () => {
    await open('/app/settings/stripe')
    await unfold('Disconnect…')
    await press('Disconnect Stripe')
    expect(page.url()).toBe(`${stage.appUrl}/onboarding/stripe`)
    await page.goBack()
    await page.reload()
    expect(page.url()).toBe(`${stage.appUrl}/onboarding/stripe`)
  })

  it('comes after the name is typed, with everything', async () => {
    const zoe = await aPerson(browser)
    page = await zoe.person.newPage()
    await signIn(page, await stage.addWorkspace({ owner: 'ida@kestrel.example', name: 'Kestrel' }))
    await open('/app/settings/workspace')
    await unfold('Delete…')
    await page.getByLabel('Type Kestrel to confirm').fill('Kestrel')
    await press('Delete Kestrel and everything in it')
    expect(await page.locator('main').innerText()).toContain('Kestrel is deleted')
    expect(await lookAt(page, 'workspace-deleted')).toEqual([])
    await open('/app')
    expect(page.url()).toBe(`${stage.appUrl}/sign-in`)
  })
})

it('asks nobody else for anything, and the browser has nothing to complain about', () => {
  expect([...owner.origins]).toEqual([stage.appUrl])
  expect(owner.complaints).toEqual([])
})
