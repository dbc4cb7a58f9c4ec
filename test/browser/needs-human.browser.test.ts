import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { CaseReversal } from '../../src/db/models/case-reversal.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { suppress } from '../../src/recovery/suppressions.js'
import { aSentTouch, aStoredCase, DAY, HOUR } from '../support/stored-cases.js'
import { aPerson, openChromium } from './chromium.js'
import { lookAt } from './look.js'
import { signIn } from './sign-in.js'
import { openStage, type Stage } from './stage.js'

let stage: Stage
let browser: Browser
let page: Page

beforeAll(async () => {
  browser = await openChromium()
  stage = await openStage('needs-human')
  page = await (await aPerson(browser)).person.newPage()
  const maya = await stage.addWorkspace({ owner: 'maya@fernhill.example', name: 'Fernhill', webhooks: false })
  await everyReason(maya.id)
  await signIn(page, maya)
})
afterAll(async () => {
  await browser?.close()
  await stage?.stop()
})

/** One customer for each reason that shows, and one more than is in sight at once. */
async function everyReason(id: string): Promise<void> {
  const { context } = stage
  const { db } = context
  const connection = await StripeConnection.query(db).findOne({ workspace_id: id }).throwIfNotFound()
  const of = { id, connectionId: connection.id }
  const ago = (ms: number) => new Date(Date.now() - ms)
  const written = { ago: 2 * DAY, next_attempt_at: ago(-DAY) }

  await connection.$query(db).patch({ rejected_at: ago(20 * 60_000) })
  const disputed = await aStoredCase(context, of, { ...written, customer_name: 'Tessellate Studio', currency: 'eur' })
  await CaseReversal.query(db).insert({
    workspace_id: id,
    case_id: disputed.id,
    key: 'du_1QcDispute',
    kind: 'dispute',
    amount: 13_900,
    as_of: ago(6 * DAY),
    is_final: false,
  })
  const bounced = await aStoredCase(context, of, { ...written, customer_name: 'Parcelbird' })
  await suppress(db, { workspaceId: id, address: `${bounced.customer_email}`, reason: 'bounced', at: ago(5 * HOUR) })
  await aStoredCase(context, of, { ...written, customer_name: 'Brightwater Dental', customer_email: null })
  const stalled = await aStoredCase(context, of, { ago: 10 * DAY, customer_name: 'Tidewater', exposure: 24_900 })
  await aSentTouch(context, stalled, ago(9 * DAY))
  await aStoredCase(context, of, { ...written, customer_name: 'Harbor & Pine', pinned_at: ago(DAY) })
}

describe('what needs a human', () => {
  it('has a view of its own, below what is of no case, looks right and is accessible', async () => {
    await page.goto(`${stage.appUrl}/app/cases`)
    await page.getByRole('link', { name: 'Needs a human 5' }).click()
    expect(await lookAt(page, 'needs-human')).toEqual([])
    expect(await page.getByRole('region', { name: 'Needs a human' }).getByRole('listitem').count()).toBe(1)
    expect(await page.locator('.cases tbody tr').count()).toBe(5)
  })

  it('leads to where it is done', async () => {
    const hrefOf = (name: string) => page.getByRole('link', { name }).getAttribute('href')
    expect(await hrefOf('Enter a new key for Your Stripe key')).toBe('/onboarding/stripe')
    expect(await hrefOf('Answer in Stripe for Tessellate Studio')).toBe(
      'https://dashboard.stripe.com/test/disputes/du_1QcDispute',
    )
    await page.getByRole('link', { name: 'Tidewater', exact: true }).click()
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Tidewater')
  })
})
