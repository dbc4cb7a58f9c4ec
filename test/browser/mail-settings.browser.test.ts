import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { Workspace } from '../../src/db/models/workspace.js'
import { suppress } from '../../src/recovery/suppressions.js'
import { arrive } from './arrive.js'
import { aPerson, openChromium, type Watched } from './chromium.js'
import { lookAt, tabTo } from './look.js'
import { signIn } from './sign-in.js'
import { openStage, type Stage, type StagedWorkspace } from './stage.js'

let stage: Stage
let browser: Browser
let owner: Watched
let page: Page
let fernhill: StagedWorkspace

beforeAll(async () => {
  browser = await openChromium()
  stage = await openStage('mail-settings')
  fernhill = await stage.addWorkspace({ owner: 'maya@fernhill.example', name: 'Fernhill' })
  owner = await aPerson(browser)
  page = await owner.person.newPage()
  await signIn(page, fernhill)
})
afterAll(async () => {
  await browser?.close()
  await stage?.stop()
})

const open = (path: string) => page.goto(`${stage.appUrl}${path}`)
/** What the page says, on one line. */
const seen = async () => (await page.locator('main').innerText()).replace(/\s+/g, ' ')
const press = (name: string | RegExp) => arrive(page, () => page.getByRole('button', { name }).click())
const choose = (name: string) => arrive(page, () => page.getByRole('link', { name, exact: true }).click())
const said = () => page.getByRole('status').innerText()
const framed = (title: RegExp) => page.frameLocator(`iframe[title="${title.source}"]`).locator('body')

describe('the mails', () => {
  it('are shown as their readers get them, on a phone and where there is room', async () => {
    await open('/app/settings/mails')
    expect(await framed(/Your Fernhill renewal needs a new card/).innerText()).toContain('Visa ending 4242')
    expect(await lookAt(page, 'settings-mails')).toEqual([])

    await choose('Last mail')
    await choose('No funds, or try again')
    await choose('German')
    await choose('Several invoices')
    const title = await page.locator('.wide iframe').getAttribute('title')
    expect(await framed(new RegExp(title ?? '')).innerText()).toMatch(/Guten Tag[\s\S]*Team[\s\S]*299/)
    expect(await lookAt(page, 'settings-mails-several')).toEqual([])
  })

  it('are sent to the owner to try', async () => {
    await press('Send it to me')
    expect(await said()).toContain('Sent to you.')
    const mail = await stage.mail.inbox.next({ to: 'maya@fernhill.example' })
    expect(mail.subject).toBe('[test] Unsere letzte E-Mail zu 2 Zahlungen an Fernhill')
    expect(await lookAt(page, 'settings-mails-sent')).toEqual([])

    const heal = stage.mail.faults.add({ route: 'POST /emails/batch', kind: 'status', status: 422 })
    await press('Send it to me')
    heal()
    expect(await said()).toContain('Not sent: the mail provider did not take it')
    expect(await lookAt(page, 'settings-mails-unsent')).toEqual([])
  })

  it('include the owner’s digest, which may have nothing to say', async () => {
    await choose('Your digest')
    expect(await seen()).toContain('There is nothing to say now')
    expect(await lookAt(page, 'settings-mails-digest-empty')).toEqual([])
    const { invoice } = stage.stripe.failRenewal({ email: 'ap@cloudsmith.example', name: 'Cloudsmith' })
    await stage.settledCase(invoice.id)
    await page.reload()
    expect(await page.locator('.wide iframe').count()).toBe(1)
    expect(await lookAt(page, 'settings-mails-digest')).toEqual([])
  })

  it('are reached by keyboard', async () => {
    await page.setViewportSize({ width: 1280, height: 900 })
    await open('/app/settings/mails')
    await page.getByRole('link', { name: 'Mails', exact: true }).focus()
    expect((await tabTo(page, 'Reminder')).outline).toBe('solid 2px')
    await arrive(page, () => page.keyboard.press('Enter'))
    expect(page.url()).toMatch(/template=reminder/)
  })
})

describe('the sender', () => {
  it('is the installation’s until an own one is proven', async () => {
    await choose('Sender')
    expect(await seen()).toContain('Customers read: Maya, Fernhill <mail@secondloop.example>')
    expect(await lookAt(page, 'settings-sender')).toEqual([])

    await page.getByLabel('Address that mails come from').fill('billing@fernhill.example')
    await page.getByLabel('Key of Resend').fill(stage.mail.addKey())
    await press('Check and use it')
    expect(await seen()).toContain('Resend does not know it in this account')
    expect(await page.getByLabel('Address that mails come from').inputValue()).toBe('billing@fernhill.example')
    expect(await lookAt(page, 'settings-sender-faults')).toEqual([])

    stage.mail.addDomain('fernhill.example')
    await press('Check and use it')
    expect(await said()).toContain('Mails come from your own address now.')
    expect(await seen()).toContain('Maya, Fernhill <billing@fernhill.example>')
    expect(await lookAt(page, 'settings-sender-own')).toEqual([])
  })

  it('says when Resend refuses it, and when no more', async () => {
    stage.mail.domains.setStatus('fernhill.example', 'failed')
    await press('Check again')
    expect(await said()).toContain('Resend refuses mails')
    expect(await seen()).toContain('its domain is no longer verified there')
    expect(await lookAt(page, 'settings-sender-withdrawn')).toEqual([])
    stage.mail.domains.setStatus('fernhill.example', 'verified')
    await press('Check again')
    expect(await said()).toContain('Resend takes mails from your address.')
  })

  it('asks for the signing secret where the key may only send', async () => {
    await page.getByLabel('Key of Resend').fill(stage.mail.addKey('sending_access'))
    await press('Check and use it')
    expect(await said()).toContain('once you have made the webhook below')
    expect(await lookAt(page, 'settings-sender-webhook')).toEqual([])
    await page.getByLabel('Signing secret').fill('whsec_short')
    await press('Save the secret')
    expect(await lookAt(page, 'settings-sender-secret-fault')).toEqual([])
    await page.getByLabel('Signing secret').fill(`whsec_${Buffer.from('of this webhook').toString('base64')}`)
    await press('Save the secret')
    expect(await said()).toContain('From now on we hear')
  })

  it('is removed after a second press only', async () => {
    await page.locator('summary', { hasText: 'Remove…' }).click()
    expect(await lookAt(page, 'settings-sender-sure')).toEqual([])
    await press('Remove billing@fernhill.example')
    expect(await said()).toContain('Your own sender is removed')
    expect(await seen()).toContain('Mails come from this installation’s address')
  })

  it('says where answers go, and that they came back', async () => {
    await page.getByLabel('Another address for answers').fill('help@fernhill.example')
    await press('Mail it a link')
    expect(await said()).toContain('A link is on its way')
    expect(await seen()).toContain('help@fernhill.example was mailed a link, and has not said yes.')
    expect(await lookAt(page, 'settings-sender-asked')).toEqual([])
    await Workspace.query(stage.context.db)
      .findById(fernhill.id)
      .patch({ reply_to: 'help@fernhill.example', reply_to_bounced_at: new Date() })
    await page.reload()
    expect(await seen()).toContain('A mail to help@fernhill.example came back')
    expect(await lookAt(page, 'settings-sender-bounced')).toEqual([])
    await press('Have answers come to me')
    expect(await seen()).toContain('To maya@fernhill.example, where you sign in.')
  })
})

describe('suppressed addresses', () => {
  it('are listed, and allowed again after a second press', async () => {
    await choose('Suppressed addresses')
    expect(await lookAt(page, 'settings-suppressed-empty')).toEqual([])
    const long = `${'a-long-mailbox-of-somebody'.repeat(2)}@molkereiprodukte-und-feinkost.example`
    for (const [index, address] of ['ada@customer.example', long, 'noor@customer.example'].entries()) {
      const reason = (['bounced', 'complained', 'suppressed'] as const)[index] ?? 'bounced'
      const at = new Date(Date.now() - (index + 1) * 5 * 3_600_000)
      await suppress(stage.context.db, { workspaceId: fernhill.id, address, reason, at })
    }
    await page.reload()
    expect(await seen()).toContain('3 addresses that nobody writes to')
    expect(await lookAt(page, 'settings-suppressed')).toEqual([])
    await page.locator('li', { hasText: long }).locator('summary').click()
    expect(await lookAt(page, 'settings-suppressed-sure')).toEqual([])
    await press(`Allow ${long}`)
    expect(await said()).toContain('Allowed again')
    expect(await seen()).toContain('2 addresses that nobody writes to')
  })
})

describe('these pages', () => {
  it('make no browser complain, and ask nobody but us for anything', () => {
    expect(owner.complaints).toEqual([])
    expect([...owner.origins]).toEqual([stage.appUrl])
  })
})
