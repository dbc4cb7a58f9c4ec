import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { aPerson, openChromium, type Watched } from './chromium.js'
import { lookAt } from './look.js'
import { signIn } from './sign-in.js'
import { eventually, openStage, type Stage } from './stage.js'

let stage: Stage
let browser: Browser
let owner: Watched
let page: Page

beforeAll(async () => {
  browser = await openChromium()
  stage = await openStage('owners-actions')
  const workspace = await stage.addWorkspace({ owner: 'maya@fernhill.example', name: 'Fernhill' })
  owner = await aPerson(browser)
  page = await owner.person.newPage()
  await signIn(page, workspace)
})
afterAll(async () => {
  await browser?.close()
  await stage?.stop()
})

/** What the page says, on one line. */
const seen = async () => (await page.locator('main').innerText()).replace(/\s+/g, ' ')
const press = (name: string | RegExp) => page.getByRole('button', { name }).click()
const openUp = (name: string) => page.locator('summary', { hasText: name }).click()
const said = () => page.getByRole('status').innerText()

/** A renewal fails, and the owner opens its case. */
async function openLostRenewal(name: string) {
  const failed = stage.stripe.failRenewal({
    declineCode: 'expired_card',
    name,
    email: `ap@${name.toLowerCase()}.example`,
  })
  const recoveryCase = await stage.settledCase(failed.invoice.id)
  await page.goto(`${stage.appUrl}/app/cases/${recoveryCase.id}`)
  return failed
}

describe('what the owner does', () => {
  it('pauses, passes the link on, resumes, and charges the new card', async () => {
    const { customer } = await openLostRenewal('Cloudsmith')
    await press('Pause')
    expect(await said()).toContain('Paused. Nothing is sent')
    expect(await seen()).toContain('Now: Paused by you, nothing is sent')
    expect(await lookAt(page, 'case-paused')).toEqual([])
    await page.reload()
    expect(await page.getByRole('status').count()).toBe(0)

    await press('Show recovery link')
    const link = await page.getByLabel('Recovery link').inputValue()
    expect(link).toMatch(new RegExp(`^${stage.appUrl}/r/[\\w-]{16,}$`))
    expect(await lookAt(page, 'case-link')).toEqual([])
    const led = await fetch(link, { redirect: 'manual', headers: { 'User-Agent': 'Mozilla/5.0' } })
    expect(led.headers.get('Location')).toContain(`${stage.stripe.url}/p/session/`)

    await press('Resume')
    expect(await said()).toContain('Resumed.')

    await openUp('Retry payment…')
    expect(await page.getByRole('button', { name: 'Charge $1,490.00' }).isVisible()).toBe(true)
    await openUp('Dismiss…')
    expect(await page.getByRole('button', { name: 'Charge $1,490.00' }).isVisible()).toBe(false)
    expect(await lookAt(page, 'case-sure')).toEqual([])

    await openUp('Retry payment…')
    await press('Charge $1,490.00')
    expect(await said()).toContain('The bank said no. Nothing was charged.')

    stage.stripe.saveCard(customer.id)
    await eventually(async () => {
      await page.reload()
      if (/Recovered in/.test(await seen())) return true
      await openUp('Retry payment…')
      await press('Charge $1,490.00')
      return /Recovered in/.test(await seen()) ? true : null
    }, 'the recovered case')
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0)
  })

  it('dismisses a case, which then asks for nothing', async () => {
    await openLostRenewal('Tessellate')
    await openUp('Dismiss…')
    await press(/^Dismiss \S+\d\.\d\d$/)

    expect(await said()).toContain('Dismissed. Nothing more is sent.')
    expect(await seen()).toContain('You closed it.')
    expect(await page.locator('main').getByRole('button').count()).toBe(0)
    expect(await lookAt(page, 'case-dismissed')).toEqual([])
  })

  it('has an event processed again that failed', async () => {
    await openLostRenewal('Harborpine')
    const { db } = stage.context
    await StripeEvent.query(db)
      .where({ type: 'invoice.payment_failed' })
      .whereIn(
        'id',
        StripeEvent.query(db)
          .orderBy('received_at', 'desc')
          .where({ type: 'invoice.payment_failed' })
          .limit(1)
          .select('id'),
      )
      .patch({ outcome: 'failed', detail: 'Stripe sent this invoice without a currency' })
    await page.getByRole('link', { name: 'Events' }).click()
    await page.waitForURL('**/app/events')
    expect(await lookAt(page, 'events')).toEqual([])

    await page.getByRole('link', { name: 'Failed 1' }).click()
    expect(await seen()).toContain('Stripe sent this invoice without a currency')
    expect(await lookAt(page, 'events-failed')).toEqual([])
    await press('Replay Invoice payment failed')
    expect(await said()).toContain('The event is processed again.')
    await eventually(async () => {
      await page.goto(`${stage.appUrl}/app/events?only=failed`)
      return /No event matches this filter/.test(await seen()) ? true : null
    }, 'an end of the failed event')

    await page.getByRole('link', { name: 'All' }).click()
    await page.getByRole('link', { name: 'Harborpine' }).first().click()
    expect(await seen()).toContain('You replayed an event')
    expect(stage.mail.inbox.find({ to: 'ap@harborpine.example' })).toHaveLength(1)
  })

  it('makes no browser complain, and asks nobody but us for anything', () => {
    expect(owner.complaints).toEqual([])
    expect([...owner.origins]).toEqual([stage.appUrl])
  })
})
