import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CampaignStep } from '../../src/db/models/campaign-step.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { Touch } from '../../src/db/models/touch.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { switchPrompts } from '../../src/recovery/switch-prompts.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { withoutData } from '../support/seen.js'
import { type SignedInBrowser, signIn } from '../support/signed-in.js'
import { aSentTouch, aStoredCase, aStoredTouch, DAY, HOUR } from '../support/stored-cases.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
/** A Wednesday, 11:00 in Berlin. */
const NOW = new Date('2026-11-25T10:00:00Z')

let context: FakeContext
let web: TestWeb
let workspace: TestWorkspace
let browser: SignedInBrowser

beforeAll(async () => {
  web = await serveApp((appUrl) => {
    context = fakeContext({ db: database.db, settings: { appUrl }, at: NOW })
    return context
  })
})
beforeEach(async () => {
  workspace = await aWorkspace(context, { promptsOn: false })
  browser = await signIn(web, context, workspace.owner)
  web.rings.length = 0
})
afterAll(() => web.close())

const plain = (html: string) =>
  withoutData(html)
    .replace(/<title>.*?<\/title>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#x27;', "'")
    .replace(/\s+/g, ' ')
const read = async (path: string) => plain(await (await browser.get(path)).text())
const row = () => Workspace.query(database.db).findById(workspace.id).throwIfNotFound()
const touches = () => Touch.query(database.db).where({ workspace_id: workspace.id }).orderBy('step')
const rungFor = ({ id }: TestWorkspace) => [{ job: 'deliver-touches', payload: { workspaceId: id } }]

describe('the settings', () => {
  it.each(['campaign', 'campaign/digest', 'prompts'])('let nobody else press a button of %s', async (part) => {
    const before = await row()
    const path = `/app/settings/${part}`
    const form = { do: 'on', digest: 'daily' }
    const signedOut = await fetch(web.url + path, { method: 'POST', redirect: 'manual', headers: { Origin: web.url } })
    expect([signedOut.status, signedOut.headers.get('Location')]).toEqual([302, '/sign-in'])
    expect((await browser.post(path, form, { Origin: 'https://evil.example' })).status).toBe(403)
    expect((await browser.post(path, { do: 'invented', digest: 'hourly' })).status).toBe(400)
    expect(await row()).toEqual(before)
    expect(web.rings).toEqual([])
  })
})

describe('turning prompts on', () => {
  const PAGE = '/app/settings/prompts'
  const press = async (does: string) => {
    const response = await browser.post(PAGE, { do: does })
    expect([response.status, response.headers.get('Location')]).toEqual([303, PAGE])
    return read(PAGE)
  }

  it('says first that everything came out of a backup, until they are on again', async () => {
    const restored = { restored_at: NOW, restored_from: new Date(NOW.getTime() - 2 * DAY) }
    await Workspace.query(database.db).findById(workspace.id).patch(restored)
    expect(await read(PAGE)).toMatch(/restored on Wed 25 Nov.* from a backup made on Mon 23 Nov.*not known here/)
    await press('on')
    await press('off')
    expect(await read(PAGE)).not.toContain('restored')
  })

  it('shows which open case would get which mail, in which words, and changes nothing by it', async () => {
    await aStoredCase(context, workspace, {
      customer_name: 'Cloudsmith',
      customer_email: 'ap@cloudsmith.example',
      exposure: 149_000,
      customer_locales: ['de-AT'],
    })
    await aStoredCase(context, workspace, { customer_name: 'Brightwater', customer_email: null })
    const page = await read(PAGE)

    expect(page).toContain('Turned on now, 1 mail goes out at once')
    expect(page).toMatch(/Cloudsmith \$1,490 \.00 First mail .* German \(Austria\) To ap@cloudsmith\.example Guten Tag/)
    expect(page).toMatch(/Brightwater \$149 \.00 Stripe has no mail address for this customer/)
    expect(page).toMatch(/Thursday 26 November Up to 2 mails .*Saturday 28 November Up to 2 mails/)
    expect(page).toContain('Turn prompts on: send 1 mail now')
    expect(await touches()).toEqual([])
    expect(context.outbox).toEqual([])
    expect((await row()).prompts_on_at).toBeNull()
  })

  it('says one mail for what a customer owes on two invoices', async () => {
    const customer = { customer_email: 'ap@cloudsmith.example', stripe_customer_id: 'cus_1' }
    await aStoredCase(context, workspace, { ...customer, exposure: 149_000 })
    await aStoredCase(context, workspace, { ...customer, exposure: 2_900 })

    expect(await read(PAGE)).toMatch(/1 mail goes out at once.*\$\d.*First mail.*\$\d.*First mail/)
  })

  it('does not pretend that the mails it shows are all there are', async () => {
    for (let count = 0; count < 52; count += 1) await aStoredCase(context, workspace)
    const page = await read(PAGE)

    expect(page).toContain('Turned on now, 52 mails go out at once')
    expect(page).toContain('The 50 most urgent are shown.')
    expect(page.match(/First mail/g)).toHaveLength(50)
    expect(page).toContain('Turn prompts on: send 52 mails now')
  })

  it('plans and rings, once', async () => {
    await aStoredCase(context, workspace)
    expect(await press('on')).toMatch(/Prompts are on\. What is due goes out now\. .*Since Wed 25 Nov, 11:00/)
    expect(await touches()).toHaveLength(4)
    expect(web.rings).toEqual(rungFor(workspace))

    expect(await press('on')).toContain('Nothing has changed')
    expect(web.rings).toHaveLength(1)
    expect(await press('off')).toContain('Prompts are off. Nobody is written to')
    expect(await touches()).toHaveLength(4)
    expect(await press('off')).toContain('Nothing has changed')
  })

  it('names Stripe’s own mails, and where mails go in test mode', async () => {
    const html = await (await browser.get(PAGE)).text()
    expect(html).toContain('https://dashboard.stripe.com/test/settings/billing/automatic')
    expect(plain(html)).toContain('mails go to the addresses of the customers')

    await StripeConnection.query(database.db).where({ workspace_id: workspace.id }).patch({ mode: 'live' })
    const live = await (await browser.get(PAGE)).text()
    expect(live).toContain('https://dashboard.stripe.com/settings/billing/automatic')
    expect(plain(live)).not.toContain('Test mode')
  })

  it('has the switch for paying with a new card beside it', async () => {
    expect(await press('pay-off')).toMatch(/Switched off.*Paying with the new card: off/)
    expect((await row()).pay_with_new_card).toBe(false)
    expect(await press('pay-on')).toMatch(/Switched on.*Paying with the new card: on/)

    const lacking = [{ permission: 'rak_invoice_write', result: 'missing' }]
    await StripeConnection.query(database.db)
      .where({ workspace_id: workspace.id })
      .patch({ capabilities: JSON.stringify(lacking) } as object)
    expect(await read(PAGE)).toContain('Your key may not pay invoices')
  })

  it('is where the list of cases leads while they are off', async () => {
    await aStoredCase(context, workspace)
    const html = await (await browser.get('/app/cases')).text()
    expect(html).toContain(`<a href="${PAGE}">See what each would get</a>`)
    expect(plain(html)).toContain('1 renewal is unpaid and nobody has written to this customer.')
  })

  it('does not count as unwritten to whoever got a mail before they were turned off', async () => {
    await switchPrompts(context, { workspaceId: workspace.id, on: true })
    const written = await aStoredCase(context, workspace)
    await aSentTouch(context, written, NOW)
    await aStoredTouch(context, written, { step: 1, template: 'reminder' })
    const unwritten = await aStoredCase(context, workspace)
    await aStoredTouch(context, unwritten)
    await switchPrompts(context, { workspaceId: workspace.id, on: false })

    const page = await read('/app/cases')
    expect(page).toContain('1 renewal is unpaid and nobody has written to this customer.')
    expect(page).toContain('Prompts are off, nothing is sent')
    expect(page).toContain('Prompts are off: nobody has written')
    expect(await read(`/app/cases/${written.id}`)).toContain('Reminder, held while prompts are off')
  })
})

describe('turning prompts on without a mail provider', () => {
  it('says that no mail would go out, and promises none', async () => {
    const mute = await serveApp((appUrl) =>
      fakeContext({ db: database.db, settings: { appUrl, testModeMail: 'owner' }, at: NOW, mail: null }),
    )
    try {
      await aStoredCase(context, workspace)
      const owner = await signIn(
        mute,
        { ...context, settings: { ...context.settings, appUrl: mute.url } },
        workspace.owner,
      )
      const page = plain(await (await owner.get('/app/settings/prompts')).text())
      expect(page).toContain('Mail is not set up here.')
      expect(page).not.toContain('send 1 mail now')
      expect(page).toContain(`Test mode: every mail goes to you at ${workspace.owner.email}`)
    } finally {
      await mute.close()
    }
  })
})

describe('the campaign', () => {
  const PAGE = '/app/settings/campaign'
  const line = (
    plan: string,
    index: number,
    wait: string,
    unit = 'days',
    template = 'reminder',
  ): [string, string][] => [
    [`${plan}.${index}.wait`, wait],
    [`${plan}.${index}.unit`, unit],
    [`${plan}.${index}.template`, template],
    [`${plan}.${index}.on`, 'on'],
  ]
  /** The form as it comes, with other lines in the plan for all. */
  const form = (does: string, { lines = DEFAULT, more = [] as [string, string][] } = {}): [string, string][] => [
    ['do', does],
    ['every.0.on', 'on'],
    ...lines,
    ['from', '540'],
    ['until', '1080'],
    ['weekends', 'on'],
    ['gap', '24'],
    ...more,
  ]
  const DEFAULT = [...line('every', 1, '1'), ...line('every', 2, '3'), ...line('every', 3, '7', 'days', 'final_notice')]
  const post = async (fields: [string, string][], status = 200) => {
    const response = await browser.post(PAGE, fields)
    expect(response.status).toBe(status)
    return response.text()
  }
  const steps = () => CampaignStep.query(database.db).where({ workspace_id: workspace.id }).orderBy(['plan', 'step'])
  /** What the fields of an answer hold, as a browser would send them. */
  const fieldsIn = (html: string) =>
    [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']): [string, string] => [name, value],
    )

  it('shows the plan that holds, each class as for all', async () => {
    const html = await (await browser.get(PAGE)).text()
    expect(html).toMatch(/name="every\.1\.wait"[^>]*value="1"/)
    expect(html).toMatch(/name="every\.3\.wait"[^>]*value="7"/)
    expect(html).toMatch(/name="every\.4\.wait"[^>]*value=""/)
    expect(plain(html).match(/As for all\./g)).toHaveLength(4)
    expect(plain(html)).toContain('Berlin time')
  })

  it('is the same after a look at nothing', async () => {
    await post(form('look'), 303)
    expect(await read(PAGE)).toContain('Nothing has changed')
    await post(form('save'), 303)
    expect(await steps()).toEqual([])
    expect(web.rings).toEqual([])
  })

  it('takes lines in any order, leaves empty ones out, and saves only after the look', async () => {
    const lines = [
      ...line('every', 1, '10', 'days', 'final_notice'),
      ...line('every', 2, ''),
      ...line('every', 3, '12', 'hours'),
    ]
    const look = await post(form('look', { lines, more: [['thanks', 'on']] }))
    expect(plain(look)).toContain(
      'Plan for all First mail at once, reminder after 1 day, reminder after 3 days, last mail after 7 days First mail at once, reminder after 12 hours, last mail after 10 days',
    )
    expect(plain(look)).toContain('Thank-you Off On')
    expect(plain(look)).toContain('Prompts are off.')
    expect(await steps()).toEqual([])
    expect((await row()).thank_you).toBe(false)

    await post([['do', 'save'], ...fieldsIn(look)], 303)
    expect(await read(PAGE)).toContain('Saved.')
    expect(await steps()).toMatchObject([
      { step: 0, wait_minutes: 0, template: 'first_notice' },
      { step: 1, wait_minutes: 720, template: 'reminder' },
      { step: 2, wait_minutes: 14_400, template: 'final_notice' },
    ])
    expect((await row()).thank_you).toBe(true)
    expect(web.rings).toEqual(rungFor(workspace))
  })

  it('shows what would go out now because of it, and what comes when, without doing it', async () => {
    await switchPrompts(context, { workspaceId: workspace.id, on: true })
    const open = await aStoredCase(context, workspace, { customer_name: 'Cloudsmith', ago: 2 * DAY })
    await aSentTouch(context, open, new Date(NOW.getTime() - 2 * DAY))
    const tomorrow = new Date(NOW.getTime() + DAY)
    await aStoredTouch(context, open, { step: 1, wait_minutes: 4_320, template: 'reminder', due_at: tomorrow })
    await CampaignStep.query(database.db).insert([
      { workspace_id: workspace.id, plan: 'every', step: 0, wait_minutes: 0, template: 'first_notice', is_on: true },
      { workspace_id: workspace.id, plan: 'every', step: 1, wait_minutes: 4_320, template: 'reminder', is_on: true },
    ])
    const page = plain(await post(form('look', { lines: line('every', 1, '36', 'hours') })))

    expect(page).toMatch(/Now No mail 1 mail/)
    expect(page).toMatch(/Thursday 26 November 1 mail No mail/)
    expect(page).toMatch(/What would go out now, in these words Cloudsmith .*Reminder/)
    expect(await touches()).toMatchObject([{}, { due_at: tomorrow }])
    expect(context.outbox).toEqual([])
  })

  it('gives a class its own lines, and takes them back, before anything is saved', async () => {
    const own = await post(form('own.funds'))
    expect(own).toMatch(/name="funds\.3\.wait"[^>]*value="7"/)
    expect(plain(own).match(/As for all\./g)).toHaveLength(3)
    const followed = await post(form('follow.funds', { more: [['own', 'funds'], ...line('funds', 1, '5')] }))
    expect(plain(followed).match(/As for all\./g)).toHaveLength(4)

    const look = await post(form('look', { more: [['own', 'funds'], ['funds.0.on', 'on'], ...line('funds', 1, '5')] }))
    expect(plain(look)).toContain('No funds, or try again As for all First mail at once, reminder after 5 days')
    await post([['do', 'save'], ...fieldsIn(look)], 303)
    expect(await steps()).toMatchObject([
      { plan: 'funds', step: 0 },
      { plan: 'funds', step: 1, wait_minutes: 7_200 },
    ])

    await post(form('save'), 303)
    expect(await steps()).toEqual([])
  })

  it('removes the line whose button is pressed, and keeps the others as typed', async () => {
    const html = await post(form('remove.every.2'))
    expect(html).toMatch(/name="every\.2\.wait"[^>]*value="7"/)
    expect(html).toMatch(/name="every\.3\.wait"[^>]*value=""/)
    expect((await browser.post(PAGE, form('remove.every.0'))).status).toBe(200)
  })

  it('comes back to the form from the look with what was typed', async () => {
    const look = await post(form('look', { lines: line('every', 1, '5') }))
    expect(await post([['do', 'edit'], ...fieldsIn(look)])).toMatch(/name="every\.1\.wait"[^>]*value="5"/)
  })

  it.each([
    ['a wait in words', { lines: line('every', 1, 'soon') }, /value="soon"/, 'as a whole number, such as 3'],
    ['half a day', { lines: line('every', 1, '0.5') }, /value="0\.5"/, 'as a whole number, such as 3'],
    ['less than an hour', { lines: line('every', 1, '0') }, /value="0"/, 'at least an hour after the one before'],
    [
      'two mails at once',
      { lines: [...line('every', 1, '1'), ...line('every', 2, '24', 'hours')] },
      /value="24"/,
      'at least an hour after the one before',
    ],
    [
      'a mail after the last',
      { lines: [...line('every', 1, '1', 'days', 'final_notice'), ...line('every', 2, '2')] },
      /value="2"/,
      'none comes after it',
    ],
    ['a year', { lines: line('every', 1, '365') }, /value="365"/, 'at most 60 days'],
    [
      'nine mails',
      { lines: Array.from({ length: 8 }, (_, index) => line('every', index + 1, String(index + 1))).flat() },
      /value="8"/,
      'at most 8 mails',
    ],
    ['no hour of the day', { more: [['until', '540']] as [string, string][] }, /value="540"/, 'at least an hour a day'],
    ['markup', { lines: line('every', 1, '<b>1</b>') }, /value="&lt;b&gt;1&lt;\/b&gt;"/, 'as a whole number'],
  ])('refuses %s beside its field, and keeps it', async (_, over, kept, fault) => {
    const fields = form('look', over).filter(
      ([name], index, all) => all.findLastIndex((each) => each[0] === name) === index,
    )
    for (const does of ['look', 'save']) {
      const html = await post([['do', does], ...fields.filter(([name]) => name !== 'do')], 422)
      expect(html).toMatch(kept)
      expect(html).toMatch(/aria-invalid="true"/)
      expect(plain(html)).toContain(fault)
      expect(plain(html)).toContain('Nothing was saved')
    }
    expect(await steps()).toEqual([])
  })

  it.each(['0', '169', 'a day', '', '1e2'])('refuses a distance of “%s” between two mails', async (gap) => {
    const fields = form('look').map(([name, value]): [string, string] => [name, name === 'gap' ? gap : value])
    expect(plain(await post(fields, 422))).toContain('from 1 hour to 7 days')
  })

  it('mails the owner as often as the owner wants', async () => {
    const choose = async (digest: string) => {
      expect((await browser.post(`${PAGE}/digest`, { digest })).status).toBe(303)
      return read(PAGE)
    }
    expect(await choose('daily')).toMatch(/every morning at eight.*Next: Thu 26 Nov, 08:00/)
    expect((await row()).digest).toBe('daily')
    expect(await choose('off')).toContain('No digest is mailed to you any more.')
    await Workspace.query(database.db).findById(workspace.id).patch({ digest_stopped: 'bounced' })
    expect(await read(PAGE)).toContain('came back from your mailbox')
  })
})

describe('another owner', () => {
  it('sees and changes only their own', async () => {
    await aStoredCase(context, workspace, { customer_name: 'Cloudsmith', ago: HOUR })
    const other = await aWorkspace(context, { promptsOn: false })
    const theirs = await signIn(web, context, other.owner)
    expect(await (await theirs.get('/app/settings/prompts')).text()).not.toContain('Cloudsmith')
    await theirs.post('/app/settings/prompts', { do: 'on' })

    expect((await row()).prompts_on_at).toBeNull()
    expect(await touches()).toEqual([])
    expect(web.rings).toEqual(rungFor(other))
  })
})
