import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { type BookedCase, bookCases, type Character, linkOf } from './book-of-cases.js'
import { aPerson, openChromium, type Watched } from './chromium.js'
import { lookAt, tabTo, takeShot } from './look.js'
import { bookQuarter } from './quarter-of-cases.js'
import { signIn } from './sign-in.js'
import { openStage, type Stage, type StagedWorkspace } from './stage.js'

/*
 * Every page as it looks, in shots/<screen>-<scheme>-<width>.png. `shots/readme-*.png` are the pictures of the README:
 * copy them to docs/images/ when they should change.
 */

let stage: Stage
let maya: StagedWorkspace
let browser: Browser
let visitor: Watched
let page: Page
let booked: Record<Character, BookedCase>

beforeAll(async () => {
  browser = await openChromium()
  stage = await openStage('pages')
  maya = await stage.addWorkspace({ owner: 'maya@fernhill.example', name: 'Fernhill' })
  visitor = await aPerson(browser)
  page = await visitor.person.newPage()
})
afterAll(async () => {
  await browser?.close()
  await stage?.stop()
})

/** Opens a page and looks at it. */
async function see(screen: string, address: string, { status = 200 } = {}): Promise<void> {
  const answer = await page.goto(new URL(address, stage.appUrl).href)
  expect(answer?.status()).toBe(status)
  expect(await lookAt(page, screen)).toEqual([])
}

describe('the pages of the way in', () => {
  it('look right and are accessible', async () => {
    await see('landing', '/')
    await see('sign-in', '/sign-in')
    await page.getByLabel('Your mail address').fill('maya@fernhill.example')
    await page.getByRole('button', { name: 'Mail me a link' }).click()
    expect(await lookAt(page, 'sign-in-sent')).toEqual([])
    const mail = await stage.mail.inbox.next({ to: 'maya@fernhill.example', subject: 'Sign in' })
    const elsewhere = await aPerson(browser)
    const other = await elsewhere.person.newPage()
    await other.goto(/http\S+token=\S+/.exec(mail.text ?? '')?.[0] ?? '')
    expect(await other.getByText('This link is for another browser').isVisible()).toBe(true)
    expect(await lookAt(other, 'sign-in-elsewhere')).toEqual([])
    await elsewhere.person.close()
    await page.goto(`${stage.appUrl}/sign-in`)
    await page.getByLabel('Your mail address').fill('maya@fernhill')
    await page.getByRole('button', { name: 'Mail me a link' }).click()
    expect(await lookAt(page, 'sign-in-fault')).toEqual([])
    await see('sign-in-unknown', '/sign-in/verify?token=cut')
    await see('sign-in-verify', await maya.signInLink())
    await see('error-404', '/nothing', { status: 404 })
  })

  it('let a mailbox say yes', async () => {
    await signIn(page, maya)
    await page.goto(`${stage.appUrl}/app/sessions`)
    await page.getByLabel('New mail address').fill('maya@new.example')
    await page.getByRole('button', { name: 'Mail it a link' }).click()
    expect(await lookAt(page, 'address-asked')).toEqual([])
    const mail = await stage.mail.inbox.next({ to: 'maya@new.example' })
    await see('confirm-address', /http\S+token=\S+/.exec(mail.text ?? '')?.[0] ?? '')
    await see('confirm-address-unknown', '/confirm-address?token=cut')
    await page.goto(`${stage.appUrl}/app/sessions`)
    await page.getByRole('button', { name: 'Sign out' }).click()
  })

  it('tell an owner what is missing while the panel is locked', async () => {
    const heal = stage.stripe.faults.add({ route: '*', kind: 'status', status: 503 })
    const locked = await stage.addWorkspace({ owner: 'noor@quayside.example', name: 'Quayside', webhooks: false })
    heal()
    await signIn(page, locked)
    await page.goto(`${stage.appUrl}/app`)
    expect(page.url()).toBe(`${stage.appUrl}/onboarding/stripe`)
    expect(await lookAt(page, 'locked-stripe')).toEqual([])
    await page.getByRole('button', { name: 'Sign out' }).click()
  })

  it('are reached by keyboard, with the focus in sight', async () => {
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goto(await maya.signInLink())
    expect(await tabTo(page, 'Sign in')).toMatchObject({ outline: 'solid 2px', isInWindow: true })
    await page.keyboard.press('Enter')
    await page.waitForURL(`${stage.appUrl}/app`)
  })
})

describe('the owner’s pages', () => {
  beforeAll(() => signIn(page, maya))

  it('look right and are accessible before anything failed', async () => {
    await see('overview-empty', '/app')
    await see('cases-empty', '/app/cases')
  })

  it('look right and are accessible with cases of every kind', async () => {
    booked = await bookCases(stage)
    await see('overview', '/app?days=90')
    await see('settings-workspace', '/app/settings/workspace')
    await see('settings-stripe', '/app/settings/stripe')
    await see('installation', '/jobs/installation')
    await see('cases', '/app/cases')
    for (const character of ['open', 'recovered', 'confirms', 'noAddress'] as const) {
      await see(`case-${character}`, `/app/cases/${booked[character].case.id}`)
    }
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goto(`${stage.appUrl}/app/cases`)
    await takeShot(page, 'readme-cases')
  })

  it('look right and are accessible after a quarter', async () => {
    await bookQuarter(stage.context, maya.id)
    await see('overview-quarter', '/app?days=90')
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1440, height: 1080 })
    await page.goto(`${stage.appUrl}/app?days=90`)
    await takeShot(page, 'readme-overview')
  })

  it('are reached by keyboard, with the focus in sight', async () => {
    await page.goto(`${stage.appUrl}/app/cases`)
    expect(await tabTo(page, 'Skip to the page')).toMatchObject({ outline: 'solid 2px', isInWindow: true })
    expect(await tabTo(page, 'Cloudsmith')).toMatchObject({ outline: 'solid 2px', isInWindow: true })
    await page.keyboard.press('Enter')
    await page.waitForURL(`${stage.appUrl}/app/cases/${booked.open.case.id}`)
  })
})

describe('the customer’s pages', () => {
  const linkTo = (character: Character) => linkOf(booked[character].mail!)

  it('look right and are accessible', async () => {
    await see('link-done', `${linkTo('open')}/done`)
    await see('link-closed', linkTo('recovered'))
    await see('stop', `${linkTo('noReason')}/stop`)
    await page.getByRole('button', { name: 'Stop reminders' }).click()
    expect(await lookAt(page, 'stopped')).toEqual([])
  })

  it('look right and are accessible when there is no way on', async () => {
    const { id } = booked.waitsForPay.case
    await RecoveryCase.query(stage.context.db).findById(id).patch({ hosted_invoice_url: null })
    const heal = stage.stripe.faults.add({ route: '*', kind: 'status', status: 503 })
    await see('link-unreachable', linkTo('waitsForPay'), { status: 503 })
    heal()
    await RecoveryCase.query(stage.context.db).findById(id).patch({ link_mints: 10, link_window_at: new Date() })
    await see('link-busy', linkTo('waitsForPay'), { status: 429 })
  })
})

describe('every page', () => {
  it('asks nobody but us for anything, and makes no browser complain', () => {
    expect([...visitor.origins]).toEqual([stage.appUrl])
    expect(visitor.complaints).toEqual([])
  })
})

describe('the mails', () => {
  const VARIANTS = { card: 'open', authentication: 'confirms', funds: 'waitsForPay', unknown: 'noReason' } as const

  it('look right, are accessible, and load nothing', async () => {
    const reader = await aPerson(browser)
    page = await reader.person.newPage()
    for (const [variant, character] of Object.entries(VARIANTS)) {
      await see(`mail-${variant}`, `${stage.mail.url}/mail/${booked[character].mail?.id}/html`)
    }
    expect([...reader.origins]).toEqual([stage.mail.url])
    expect(reader.complaints).toEqual([])

    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 720, height: 565 })
    await page.goto(`${stage.mail.url}/mail/${booked.open.mail?.id}/html`)
    await takeShot(page, 'readme-mail')
  })
})
