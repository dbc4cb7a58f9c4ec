import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { aPerson, openChromium, type Watched } from './chromium.js'
import { lookAt } from './look.js'
import { eventually, openStage, type Stage } from './stage.js'

const EMAIL = 'maya@fernhill.example'

let stage: Stage
let browser: Browser
let owner: Watched
let page: Page

beforeAll(async () => {
  browser = await openChromium()
  stage = await openStage('first-day')
  owner = await aPerson(browser)
  page = await owner.person.newPage()
})
afterAll(async () => {
  await owner?.person.close()
  await browser?.close()
  await stage?.stop()
})

const at = (path: string) => `${stage.appUrl}${path}`
const press = (name: string) => page.getByRole('button', { name }).click()

/** Every page on the way is looked at in both schemes, wide and narrow. */
const see = async (screen: string) => expect(await lookAt(page, screen)).toEqual([])

/** Where the panel leads as long as something is missing. */
async function theLock(): Promise<string> {
  await page.goto(at('/app'))
  return page.url().slice(stage.appUrl.length)
}

describe('an owner’s first day', () => {
  it('begins at the front door, and with a link by mail', async () => {
    await page.goto(at('/'))
    await page.getByRole('link', { name: 'Size your last 90 days' }).first().click()
    expect(await theLock()).toBe('/sign-in')

    await page.getByLabel('Your mail address').fill(EMAIL)
    await press('Mail me a link')
    const mail = await stage.mail.inbox.next({ to: EMAIL })
    const link = /http\S+\/sign-in\/verify\?token=\S+/.exec(mail.text ?? '')?.[0] ?? ''
    await page.goto(link)
    await press('Sign in')

    // The wanted page was /app, which leads to the missing step.
    expect(page.url()).toBe(at('/onboarding/workspace'))
  })

  it('goes on with the workspace, whose time zone the browser knows', async () => {
    await page.goto(at('/onboarding/stripe'))
    expect(page.url()).toBe(at('/onboarding/workspace'))
    const zone = await page.evaluate<string>('Intl.DateTimeFormat().resolvedOptions().timeZone')
    expect(await page.getByLabel('Time zone').inputValue()).toBe(zone)
    await see('workspace')

    await page.getByLabel('Name of your business').fill('Fernhill')
    await page.getByLabel('Your first name').fill('Maya')
    await page.getByLabel('Time zone').selectOption('Europe/Berlin')
    await press('Make the workspace')

    expect(page.url()).toBe(at('/onboarding/stripe'))
    expect(await theLock()).toBe('/onboarding/stripe')
  })

  it('refuses a key that could move money, and says what a poor one lacks', async () => {
    await see('stripe-start')
    await page.getByLabel('Restricted key').fill('sk_test_51QxNotOurs')
    await press('Save and check')
    expect(await page.getByText('This is an unrestricted key').isVisible()).toBe(true)
    await see('stripe-refused-key')

    await page.getByLabel('Restricted key').fill(stage.stripe.addKey(['rak_customer_read', 'rak_event_read']))
    await press('Save and check')
    const invoices = page.getByRole('row', { name: /rak_invoice_read/ })
    expect(await invoices.textContent()).toContain('Missing')
    expect(await theLock()).toBe('/onboarding/stripe')
    await see('stripe-missing')
  })

  it('ends with a verified key, an endpoint made for them, and the first event', async () => {
    await page.getByText('Use another key').click()
    await page.getByLabel('Restricted key').fill(stage.stripe.addKey())
    await press('Save and check')
    expect(await theLock()).toBe('/onboarding/stripe')
    await press('Set up the endpoint for me')
    expect(await page.getByText('Waiting for Stripe’s first event').isVisible()).toBe(true)
    // It reads itself again, until it is told to stop; axe would have it wait to be asked.
    await page.getByRole('link', { name: 'Stop looking' }).click()
    await see('stripe-waiting')

    stage.stripe.failRenewal({ declineCode: 'expired_card' })
    await eventually(async () => (await StripeEvent.query(stage.context.db).first()) ?? null, 'an event')
    await page.goto(at('/onboarding/stripe'))
    expect(await page.getByText('Waiting for Stripe’s first event').count()).toBe(0)
    await see('stripe-connected')

    await page.getByRole('link', { name: 'Go on' }).click()
    expect(page.url()).toBe(at('/app'))
    expect(await page.getByText('Fernhill').first().isVisible()).toBe(true)
  })

  it('shows where one is signed in', async () => {
    await page.getByRole('link', { name: EMAIL }).click()
    expect(page.url()).toBe(at('/app/sessions'))
    await see('sessions')
    expect(owner.complaints).toEqual([])
  })
})
