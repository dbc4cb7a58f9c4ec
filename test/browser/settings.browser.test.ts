import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { arrive } from './arrive.js'
import { aPerson, openChromium, type Watched } from './chromium.js'
import { lookAt, tabTo } from './look.js'
import { signIn } from './sign-in.js'
import { eventually, openStage, type Stage, type StagedWorkspace } from './stage.js'

let stage: Stage
let browser: Browser
let owner: Watched
let page: Page
let fernhill: StagedWorkspace

beforeAll(async () => {
  browser = await openChromium()
  stage = await openStage('settings')
  fernhill = await stage.addWorkspace({ owner: 'maya@fernhill.example', name: 'Fernhill', promptsOn: false })
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
const said = () => page.getByRole('status').innerText()

const RENEWALS = [
  { name: 'Cloudsmith', declineCode: 'expired_card', preferredLocales: [] },
  {
    name: 'Käseglocke Süddeutsche Feinkost und Molkereiprodukte GmbH',
    declineCode: 'insufficient_funds',
    preferredLocales: ['de-AT'],
  },
  { name: 'Atelier Noisetier', declineCode: 'authentication_required', preferredLocales: ['fr-CA'] },
  { name: 'Brightwater Dental', declineCode: 'generic_decline', email: null, preferredLocales: [] },
]

/** Which of these customers got a mail. */
const written = () =>
  RENEWALS.flatMap((_, index) => stage.mail.inbox.find({ to: `ap${index}@customer.example` })).map(
    ({ subject }) => subject,
  )

describe('the prompts', () => {
  it('are shown mail by mail before they are turned on', async () => {
    await open('/app/settings/prompts')
    expect(await lookAt(page, 'settings-prompts-empty')).toEqual([])
    for (const [index, renewal] of RENEWALS.entries()) {
      const { invoice } = stage.stripe.failRenewal({ email: `ap${index}@customer.example`, ...renewal })
      await stage.settledCase(invoice.id)
    }

    await open('/app/cases')
    await arrive(page, () => page.getByRole('link', { name: 'See what each would get' }).click())
    expect(await seen()).toContain('Turned on now, 3 mails go out at once')
    expect(await seen()).toContain('Stripe has no mail address for this customer')
    expect(await lookAt(page, 'settings-prompts-off')).toEqual([])
    const german = page.locator('li', { hasText: 'Käseglocke' }).locator('details')
    await german.locator('summary').click()
    expect(await german.innerText()).toMatch(/German \(Austria\)[\s\S]*Guten Tag/)
    expect(await lookAt(page, 'settings-prompts-words')).toEqual([])
    expect(written()).toEqual([])

    await press('Turn prompts on: send 3 mails now')
    expect(await said()).toContain('Prompts are on.')
    await eventually(async () => (written().length === 3 ? true : null), 'a mail for each of the three')
    expect(await lookAt(page, 'settings-prompts-on')).toEqual([])
  })

  it('are turned off after a second press only, and so is paying', async () => {
    await page.locator('summary', { hasText: 'Turn prompts off…' }).click()
    expect(await lookAt(page, 'settings-prompts-sure')).toEqual([])
    await press('Turn prompts off')
    expect(await said()).toContain('Prompts are off.')
    await press('Turn prompts on')
    await press('Switch it off')
    expect(await seen()).toContain('Paying with the new card: off')
    await press('Switch it on')
    expect(await seen()).toContain('Paying with the new card: on')
  })
})

describe('the campaign', () => {
  it('is changed after a look at what that does', async () => {
    const campaign = page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Campaign' })
    await arrive(page, () => campaign.click())
    expect(await lookAt(page, 'settings-campaign')).toEqual([])
    await press('Make its own plan for No funds, or try again')
    const funds = page.getByRole('table', { name: 'The plan for: No funds, or try again' })
    await funds.getByLabel('Mail 2: how many').fill('2')
    await arrive(page, () => funds.getByRole('button', { name: 'Remove mail 4' }).click())
    await funds.getByLabel('Mail 4: how many').fill('12')
    await funds.getByLabel('Mail 4: words').selectOption('Last mail')
    await page.getByLabel('Also on Saturdays and Sundays').uncheck()
    expect(await lookAt(page, 'settings-campaign-own')).toEqual([])

    await press(/^Look at what this changes$/)
    expect(await seen()).toContain(
      'No funds, or try again As for all First mail at once, reminder after 2 days, reminder after 3 days, last mail after 12 days',
    )
    expect(await lookAt(page, 'settings-campaign-change')).toEqual([])
    await press('Change it again')
    expect(await funds.getByLabel('Mail 4: how many').inputValue()).toBe('12')
    await press(/^Look at what this changes$/)
    await press('Save')
    expect(await said()).toContain('Saved.')
    expect(await funds.getByLabel('Mail 4: words').inputValue()).toBe('final_notice')
  })

  it('says beside the field what can’t be, and keeps what was typed', async () => {
    const plan = page.getByRole('table', { name: 'The plan for all' })
    await plan.getByLabel('Mail 2: how many').fill('soon')
    await page.getByLabel('From').selectOption('18:00')
    await page.getByLabel('Hours between two mails').fill('0')
    await arrive(page, () => page.getByLabel('Hours between two mails').press('Enter'))

    expect(await said()).toContain('Nothing was saved')
    expect(await plan.getByLabel('Mail 2: how many').inputValue()).toBe('soon')
    expect(await seen()).toMatch(/whole number.*at least an hour a day.*from 1 hour to 7 days/)
    expect(await lookAt(page, 'settings-campaign-faults')).toEqual([])
  })

  it('is reached and used by keyboard', async () => {
    await open('/app/settings/campaign')
    const skip = await tabTo(page, 'Skip to the page')
    expect(skip.isInWindow).toBe(true)
    expect((await tabTo(page, 'Settings')).outline).toBe('solid 2px')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/app/settings/workspace')
  })

  it('comes with the owner’s digest', async () => {
    await open('/app/settings/campaign')
    await page.getByLabel('Every morning').check()
    await press('Save the digest')
    expect(await said()).toContain('every morning at eight')
    expect(await page.getByLabel('Every morning').isChecked()).toBe(true)
  })
})

describe('a case', () => {
  it('has its next mail sent now, as far as hours and distance allow', async () => {
    const { id } = await RecoveryCase.query(stage.context.db)
      .findOne({ workspace_id: fernhill.id, customer_name: 'Cloudsmith' })
      .throwIfNotFound()
    await open(`/app/cases/${id}`)
    expect(await seen()).toMatch(/Reminder, in .*Reminder, in .*Last mail, in /)
    await press('Send now')

    expect(await said()).toContain('Planned for the first moment')
    expect(await seen()).toContain('You asked to send now')
    expect(await lookAt(page, 'case-send-now')).toEqual([])
  })

  it('makes no browser complain, and asks nobody but us for anything', () => {
    expect(owner.complaints).toEqual([])
    expect([...owner.origins]).toEqual([stage.appUrl])
  })
})
