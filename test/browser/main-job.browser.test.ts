import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import type { AcceptedMail } from '../simulator/mail/index.js'
import { mailedAMinuteAgo } from '../support/link-requests.js'
import { aPerson, openChromium, type Watched } from './chromium.js'
import { signIn } from './sign-in.js'
import { eventually, openStage, type Stage, type StagedWorkspace } from './stage.js'

let stage: Stage
let workspace: StagedWorkspace
let browser: Browser
let owner: Watched
let customer: Watched

beforeAll(async () => {
  browser = await openChromium()
  stage = await openStage('browser')
  workspace = await stage.addWorkspace({ owner: 'maya@fernhill.example', name: 'Fernhill' })
})
afterAll(async () => {
  await browser?.close()
  await stage?.stop()
})
beforeEach(async () => {
  owner = await aPerson(browser)
  customer = await aPerson(browser)
})
afterEach(async () => {
  const seen = [owner, customer]
  await Promise.all(seen.map(({ person }) => person.close()))
  expect(seen.flatMap(({ complaints }) => complaints)).toEqual([])
  expect([...owner.origins].filter((origin) => origin !== stage.appUrl)).toEqual([])
})

async function signedIn({ person }: Watched): Promise<Page> {
  const page = await person.newPage()
  await signIn(page, workspace)
  return page
}

/** What the page says, on one line. */
const seen = async (page: Page) => (await page.locator('main').innerText()).replace(/\s+/g, ' ')

/** A renewal fails, and its mail is there. */
async function loseRenewal(declineCode: string): Promise<{ case: RecoveryCase; mail: AcceptedMail; name: string }> {
  const { customer: who, invoice } = stage.stripe.failRenewal({ declineCode, preferredLocales: ['en-US'] })
  const found = await stage.settledCase(invoice.id)
  await mailedAMinuteAgo(stage.context.db, found.id)
  return { case: found, mail: await stage.mail.inbox.next({ to: who.email ?? '' }), name: who.name ?? '' }
}

/** The customer finds the mail in the inbox and follows its button into a tab of its own. */
async function followMail(mail: AcceptedMail, button: string): Promise<Page> {
  const inbox = await customer.person.newPage()
  await inbox.goto(stage.mail.url)
  await inbox
    .getByRole('row', { name: mail.to[0] ?? '' })
    .getByRole('link')
    .click()
  const opened = customer.person.waitForEvent('page')
  await inbox.frameLocator('iframe').getByRole('link', { name: button }).click()
  const page = await opened
  await page.waitForLoadState()
  return page
}

/** Addresses that the customer's browser went to, in their order. */
function visits({ person }: Watched): string[] {
  const addresses: string[] = []
  person.on('request', (request) => {
    if (request.isNavigationRequest()) addresses.push(request.url())
  })
  return addresses
}

const stopLinkOf = ({ headers }: AcceptedMail) => /<([^>]+)>/.exec(headers['List-Unsubscribe'] ?? '')?.[1] ?? ''

const linkOf = (mail: AcceptedMail) => stopLinkOf(mail).replace(/\/stop$/, '')

const remindersStoppedAt = async ({ id }: RecoveryCase) =>
  (await RecoveryCase.query(stage.context.db).findById(id).throwIfNotFound()).reminders_stopped_at

describe('the main job', () => {
  it('leads from a failed renewal over mail and card to recovered money', async () => {
    // The owner comes in. A scanner that opened the link first, and a reload, took nothing away.
    const link = await workspace.signInLink()
    expect((await fetch(link)).status).toBe(200)
    const panel = await owner.person.newPage()
    await panel.goto(link)
    await panel.reload()
    expect(await owner.person.cookies()).toEqual([])
    await panel.getByRole('button', { name: 'Sign in' }).click()
    await panel.waitForURL(`${stage.appUrl}/app`)
    expect(await seen(panel)).toContain('No renewal has failed since you turned prompts on')

    const later = await owner.person.newPage()
    await later.goto(link)
    expect(await seen(later)).toContain('This link has already been used')
    expect(await later.getByRole('button', { name: 'Sign in' }).count()).toBe(0)
    await later.close()

    // A renewal is lost.
    const failed = stage.stripe.failRenewal({ declineCode: 'expired_card', preferredLocales: ['en-US'] })
    const name = failed.customer.name ?? ''
    const lost = Date.now()
    await panel.goto(`${stage.appUrl}/app/cases`)
    await eventually(async () => {
      await panel.reload()
      return (await panel.getByRole('link', { name }).count()) > 0 ? true : null
    }, 'the case in the list')
    await stage.settledCase(failed.invoice.id)
    await panel.reload()
    expect(Date.now() - lost).toBeLessThan(10_000)
    const row = (await panel.getByRole('row', { name }).innerText()).replace(/\s+/g, ' ')
    expect(row).toMatch(/since failure .*The card has expired expired_card \$1,490\.00/)

    await panel.getByRole('link', { name }).click()
    expect(await seen(panel)).toMatch(/Charge failed .* Mail accepted .* after the webhook\. The promise is 5 min/)

    // The customer reads the mail, tries a card that is declined, then a good one.
    const mail = await stage.mail.inbox.next({ to: failed.customer.email ?? '' })
    await mailedAMinuteAgo(stage.context.db, (await stage.settledCase(failed.invoice.id)).id)
    const page = await followMail(mail, 'Change the card')
    expect(page.url()).toContain(`${stage.stripe.url}/p/session/`)
    await page.getByRole('radio', { name: 'declined at once' }).check()
    await page.getByRole('button', { name: 'Save card' }).click()
    expect(await page.getByRole('alert').innerText()).toContain('Your card was declined')
    await page.getByRole('radio', { name: 'Visa 4242 4242 4242 4242' }).check()
    await page.getByRole('button', { name: 'Save card' }).click()
    await page.waitForURL(`${linkOf(mail)}/done`)
    expect(await seen(page)).toContain('Thank you, it is paid')

    await eventually(async () => {
      await panel.reload()
      return (await seen(panel)).includes('Recovered in') ? true : null
    }, 'the recovered case')
    expect(await seen(panel)).toMatch(
      /Charge failed .* Stripe told us .* Mail accepted .* Link opened .* Card changed .* Paid \$1,490\.00 came back/,
    )
    expect(await seen(panel)).toContain('all of it recovered')
    await panel.getByRole('link', { name: 'Cases', exact: true }).first().click()
    expect(await seen(panel)).toMatch(/Recovered in .* \$1,490\.00/)

    // Whoever opens the link again is told that nothing is left to do.
    const again = await customer.person.newPage()
    await again.goto(linkOf(mail))
    expect(again.url()).toBe(linkOf(mail))
    expect(await seen(again)).toContain('This is already paid')
    await page.reload()
    expect(await seen(page)).toContain('Thank you, it is paid')
  })

  it('leads a customer whose bank wants a confirmation to the invoice, never to the card page', async () => {
    const went = visits(customer)
    const { mail, name } = await loseRenewal('authentication_required')

    const page = await followMail(mail, 'Confirm the payment')
    expect(page.url()).toContain(`${stage.stripe.url}/i/`)
    await page.getByRole('button', { name: /^Confirm / }).click()
    expect(await page.locator('body').innerText()).toContain('Invoice paid')
    expect(went.filter((address) => address.includes('/p/session/'))).toEqual([])

    const panel = await signedIn(owner)
    await panel.goto(`${stage.appUrl}/app/cases`)
    await eventually(async () => {
      await panel.reload()
      return /Recovered in/.test(await panel.getByRole('row', { name }).innerText()) ? true : null
    }, 'the recovered case')
    await panel.getByRole('link', { name }).click()
    expect(await seen(panel)).toContain('Led to the invoice on Stripe’s page')
  })
})

describe('the page that stops reminders', () => {
  it('changes nothing when it is opened, and stops them by its button', async () => {
    const { case: recoveryCase, mail } = await loseRenewal('lost_card')
    const inbox = await customer.person.newPage()
    await inbox.goto(`${stage.mail.url}/mail/${mail.id}`)
    const opened = customer.person.waitForEvent('page')
    await inbox.frameLocator('iframe').getByRole('link', { name: 'Stop reminders for this invoice' }).click()
    const page = await opened
    await page.waitForLoadState()
    expect(page.url()).toBe(stopLinkOf(mail))
    await page.reload()
    expect(await seen(page)).toContain('Stop reminders for this invoice?')
    expect(await remindersStoppedAt(recoveryCase)).toBeNull()

    await page.getByRole('button', { name: 'Stop reminders' }).click()
    expect(await seen(page)).toContain('Reminders are stopped')
    expect(await remindersStoppedAt(recoveryCase)).not.toBeNull()

    await page.goto(stopLinkOf(mail))
    expect(await seen(page)).toContain('Reminders are stopped')
    const panel = await signedIn(owner)
    await panel.goto(`${stage.appUrl}/app/cases/${recoveryCase.id}`)
    expect(await seen(panel)).toContain('Reminders stopped')
  })

  it('takes the one click of a mailbox, which has no origin', async () => {
    const { case: recoveryCase, mail } = await loseRenewal('generic_decline')
    expect(mail.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click')

    const body = new URLSearchParams('List-Unsubscribe=One-Click')
    const answer = await fetch(stopLinkOf(mail), { method: 'POST', body })

    expect(answer.status).toBe(200)
    expect(await remindersStoppedAt(recoveryCase)).not.toBeNull()
  })
})
