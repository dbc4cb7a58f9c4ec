import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { CampaignStep } from '../../src/db/models/campaign-step.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Touch } from '../../src/db/models/touch.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { DEFAULT_STEPS } from '../../src/domain/campaign.js'
import { type CampaignChange, changeCampaign } from '../../src/recovery/change-campaign.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { rehearse } from '../../src/recovery/rehearse.js'
import { sendNow } from '../../src/recovery/send-now.js'
import { suppress } from '../../src/recovery/suppressions.js'
import { switchPrompts } from '../../src/recovery/switch-prompts.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { deliverAll } from '../support/deliver.js'
import { aStoredEvent, aWorkspace, failedInvoice, type Renewal, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'
import { stripeAnswersOnly, stripeHas } from '../support/stripe-answers.js'

const database = useDatabase()
const { db } = database
const CURRENT = '2026-10-28.endive'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** A Monday, 11:00 in Berlin. */
const MONDAY = new Date('2026-11-23T10:00:00Z')

let context: FakeContext
let workspace: TestWorkspace

async function begin({ promptsOn = true, at = MONDAY } = {}) {
  stripeAnswersOnly(503)
  context = fakeContext({ db, at })
  workspace = await aWorkspace(context, { promptsOn })
}
beforeEach(() => begin())
afterEach(() => nock.cleanAll())

async function aFailure(overrides: Partial<Renewal> = {}) {
  const id = overrides.id ?? 'in_renewal'
  const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice(CURRENT, overrides))
  await processEvent(context, event)
  return RecoveryCase.query(db).findOne({ workspace_id: workspace.id, stripe_invoice_id: id }).throwIfNotFound()
}
const someone = (n: number): Partial<Renewal> => ({
  id: `in_${n}`,
  customer: `cus_${n}`,
  email: `customer${n}@customer.example`,
})
const touches = () => Touch.query(db).where({ workspace_id: workspace.id }).orderBy('step')
const planned = async () =>
  (await touches()).filter((t) => !t.mail_id && !t.canceled_at && !t.skipped_at).map((t) => [t.step, t.due_at])
const later = (ms: number) => new Date(MONDAY.getTime() + ms)
const here = () => ({ workspaceId: workspace.id })
const change = (wanted: CampaignChange) => changeCampaign(context, { ...here(), change: wanted })
const deliver = () => deliverAll(context, here())
const stillUnpaid = () => {
  nock.cleanAll()
  stripeHas(failedInvoice(CURRENT))
}
/** All rows that a rehearsal could touch. */
const everything = async () =>
  Promise.all(
    ['workspaces', 'recovery_cases', 'touches', 'mails', 'deliveries', 'case_entries', 'campaign_steps'].map((table) =>
      db(table).orderBy(table === 'campaign_steps' ? 'step' : 'id'),
    ),
  )

describe('a rehearsal', () => {
  it('shows the mails that switching prompts on sends, and changes nothing', async () => {
    await begin({ promptsOn: false })
    await aFailure(someone(1))
    await aFailure({ ...someone(2), locales: ['de'] })
    context.advance(3 * DAY)
    const before = await everything()

    const rehearsal = await rehearse(context, workspace.id, { promptsOn: true })

    expect(await everything()).toEqual(before)
    expect(context.outbox).toEqual([])
    expect(rehearsal.mails.map(({ letter }) => letter.to_address).sort()).toEqual([
      'customer1@customer.example',
      'customer2@customer.example',
    ])
    expect(rehearsal).toMatchObject({ mailCount: 2, isCutOff: false, skipped: [], postponed: [] })
    expect(rehearsal.later).toEqual([
      { day: '2026-11-27', touches: 2 },
      { day: '2026-11-29', touches: 2 },
      { day: '2026-12-03', touches: 2 },
    ])
  })

  it('shows the very mails that are then sent', async () => {
    await begin({ promptsOn: false })
    for (const n of [1, 2, 3]) await aFailure(someone(n))
    await aFailure({ ...someone(1), id: 'in_1b' })
    const { mails } = await rehearse(context, workspace.id, { promptsOn: true })

    expect(await switchPrompts(context, { ...here(), on: true })).toBe('done')
    await deliver()

    const shown = mails.map(({ letter }) => [letter.to_address, letter.subject, letter.content.text])
    const sent = context.outbox.map(({ to, subject, text }) => [to, subject, text])
    expect(shown).toHaveLength(3)
    expect(shown.sort()).toEqual(sent.sort())
  })

  it('says who would get none, and why, and who would wait', async () => {
    await aFailure(someone(1))
    await deliver()
    await aFailure({ ...someone(2), email: null })
    await suppress(db, { ...here(), address: 'customer3@customer.example', reason: 'bounced', at: MONDAY })
    await aFailure(someone(3))

    const steps = DEFAULT_STEPS.map((step) => (step.step === 1 ? { ...step, waitMinutes: 60 } : step))
    context.advance(2 * HOUR)
    const rehearsal = await rehearse(context, workspace.id, { campaign: { plans: { every: steps } } })

    expect(rehearsal.skipped).toEqual(
      expect.arrayContaining([
        { recoveryCase: expect.objectContaining({ stripe_invoice_id: 'in_3' }), reason: 'suppressed' },
      ]),
    )
    expect(rehearsal.postponed).toContainEqual({
      recoveryCase: expect.objectContaining({ stripe_invoice_id: 'in_1' }),
      until: later(DAY),
    })
  })

  it('shows what a change of the campaign sends now', async () => {
    await aFailure()
    await deliver()
    context.advance(2 * DAY)
    const steps = [...DEFAULT_STEPS.slice(0, 1), { ...DEFAULT_STEPS[1]!, waitMinutes: 30 * 60 }]
    const { mails } = await rehearse(context, workspace.id, { campaign: { plans: { every: steps } } })
    expect(mails).toMatchObject([{ about: [{ template: 'reminder' }] }])
    expect(await CampaignStep.query(db).resultSize()).toBe(0)
  })
})

describe('switching prompts', () => {
  it('begins the campaign of open cases that nobody was written to about', async () => {
    await begin({ promptsOn: false })
    await aFailure()
    context.advance(5 * DAY)
    await switchPrompts(context, { ...here(), on: true })

    const start = later(5 * DAY)
    expect(await planned()).toEqual([
      [0, start],
      [1, new Date(start.getTime() + DAY)],
      [2, new Date(start.getTime() + 3 * DAY)],
      [3, new Date(start.getTime() + 7 * DAY)],
    ])
  })

  it('holds what is planned while they are off, and goes on with the latest of what came due meanwhile', async () => {
    const { id } = await aFailure()
    await deliver()
    await switchPrompts(context, { ...here(), on: false })
    context.advance(4 * DAY)
    await deliver()
    expect(context.outbox).toHaveLength(1)

    stillUnpaid()
    await switchPrompts(context, { ...here(), on: true })
    await deliver()
    expect(context.outbox).toHaveLength(2)
    const [, first, second, last] = await Touch.query(db).where({ case_id: id }).orderBy('step')
    expect([first?.reason, second?.sent_at, last?.sent_at]).toEqual(['overtaken', context.now(), null])
  })

  it('does it once', async () => {
    expect(await switchPrompts(context, { ...here(), on: true })).toBe('already')
    expect(await switchPrompts(context, { ...here(), on: false })).toBe('done')
    expect(await switchPrompts(context, { ...here(), on: false })).toBe('already')
  })

  it('misses no case that opens at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      await begin({ promptsOn: false })
      await Promise.all([aFailure(), switchPrompts(context, { ...here(), on: true })])
      expect(await planned()).toHaveLength(4)
    }
  })
})

describe('changing the campaign', () => {
  it('applies to what is not yet fixed to a mail, for the classes that follow it', async () => {
    await aFailure(someone(1))
    const { id } = await aFailure(someone(2))
    await RecoveryCase.query(db).findById(id).patch({ decline_class: 'funds', decline_code: 'insufficient_funds' })
    await deliver()
    const funds = [DEFAULT_STEPS[0]!, { ...DEFAULT_STEPS[1]!, waitMinutes: 5 * 24 * 60 }]
    expect(await change({ plans: { funds } })).toEqual({ kind: 'saved' })

    const rows = await db('touches as touch')
      .join('recovery_cases as case', 'case.id', 'touch.case_id')
      .where({ 'touch.workspace_id': workspace.id, 'touch.mail_id': null, 'touch.canceled_at': null })
      .orderBy(['case.stripe_invoice_id', 'touch.step'])
      .select('case.stripe_invoice_id', 'touch.step', 'touch.due_at')
    expect(rows).toEqual([
      { stripe_invoice_id: 'in_1', step: 1, due_at: later(DAY) },
      { stripe_invoice_id: 'in_1', step: 2, due_at: later(3 * DAY) },
      { stripe_invoice_id: 'in_1', step: 3, due_at: later(7 * DAY) },
      { stripe_invoice_id: 'in_2', step: 1, due_at: later(5 * DAY) },
    ])
  })

  it('moves reminders into new sending hours', async () => {
    await aFailure()
    await deliver()
    await change({ hours: { fromMinute: 13 * 60, untilMinute: 15 * 60, onWeekends: false } })
    expect((await planned()).map(([, due]) => (due as Date).toISOString())).toEqual([
      '2026-11-24T12:00:00.000Z',
      '2026-11-26T12:00:00.000Z',
      '2026-11-30T12:00:00.000Z',
    ])
  })

  it('is refused with a reason, and then changes nothing', async () => {
    await aFailure()
    const before = await everything()
    const hours = { fromMinute: 600, untilMinute: 630, onWeekends: true }
    expect(await change({ hours })).toEqual({ kind: 'refused', reason: expect.stringMatching(/at least an hour/) })
    expect(await change({ gapHours: 0 })).toMatchObject({ kind: 'refused' })
    expect(await change({ plans: { every: [] } })).toMatchObject({ kind: 'refused' })
    expect(await everything()).toEqual(before)
  })

  it('leaves another workspace alone', async () => {
    await aFailure()
    const mine = workspace
    workspace = await aWorkspace(context)
    await aFailure()
    const before = await touches()
    workspace = mine
    await change({ plans: { every: DEFAULT_STEPS.slice(0, 1) } })
    expect(await planned()).toHaveLength(1)
    const others = await Touch.query(db)
      .whereIn(
        'id',
        before.map(({ id }) => id),
      )
      .whereNull('canceled_at')
    expect(others).toHaveLength(4)
  })

  it('keeps the default where the owner has none', async () => {
    await change({ plans: { every: DEFAULT_STEPS.slice(0, 2) } })
    await change({ plans: { every: null } })
    await aFailure()
    expect(await planned()).toHaveLength(4)
    expect(await Workspace.query(db).findById(workspace.id)).toMatchObject({ gap_hours: 24, thank_you: false })
  })
})

describe('sending now', () => {
  const press = (caseId: string, requestId = 'a press') =>
    sendNow(context, { ...here(), caseId, ownerId: workspace.owner.id, requestId })

  it('brings the next mail forward as far as the gap allows', async () => {
    const { id } = await aFailure()
    await deliver()
    context.advance(6 * HOUR)
    expect(await press(id)).toEqual({ kind: 'planned', at: later(DAY) })

    context.advance(2 * DAY)
    expect(await press(id, 'another press')).toEqual({ kind: 'planned', at: context.now() })
    stillUnpaid()
    await deliver()
    expect(context.outbox).toHaveLength(2)
  })

  it('is not undone by a change of the campaign', async () => {
    const { id } = await aFailure()
    await deliver()
    context.advance(DAY + 2 * HOUR)
    await change({ plans: { every: [DEFAULT_STEPS[0]!, { ...DEFAULT_STEPS[1]!, waitMinutes: 6 * 24 * 60 }] } })
    await press(id)
    await change({ plans: { every: DEFAULT_STEPS.slice(0, 1) } })
    expect(await planned()).toEqual([[1, context.now()]])
  })

  it('waits for the sending hours', async () => {
    const { id } = await aFailure()
    await deliver()
    context.advance(DAY + 10 * HOUR)
    expect(await press(id)).toEqual({ kind: 'planned', at: new Date('2026-11-25T08:00:00Z') })
  })

  it('does one press once', async () => {
    const { id } = await aFailure()
    await deliver()
    context.advance(25 * HOUR)
    const answers = await Promise.all([press(id), press(id)])
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['already', 'planned'])
    stillUnpaid()
    await deliver()
    expect(await press(id)).toEqual({ kind: 'already' })
    await deliver()
    expect(context.outbox).toHaveLength(2)
  })

  it('plans one more where no mail is planned, and none after the last word', async () => {
    await change({ plans: { every: DEFAULT_STEPS.slice(0, 1) } })
    const { id } = await aFailure()
    await deliver()
    context.advance(3 * DAY)
    expect(await press(id)).toEqual({ kind: 'planned', at: context.now() })
    expect(await press(id, 'a second press')).toEqual({ kind: 'planned', at: context.now() })
    stillUnpaid()
    await deliver()
    expect(context.outbox).toHaveLength(2)
    expect((await touches()).map(({ step }) => step)).toEqual([0, 100])

    await Touch.query(db).where({ case_id: id, step: 100 }).patch({ template: 'final_notice' })
    expect(await press(id, 'a third press')).toEqual({ kind: 'last_sent' })
  })

  it('sends nothing that is held, stopped, closed or not the owner’s', async () => {
    const { id } = await aFailure()
    await RecoveryCase.query(db).findById(id).patch({ paused_at: MONDAY })
    expect(await press(id)).toEqual({ kind: 'paused' })
    await RecoveryCase.query(db).findById(id).patch({ paused_at: null, reminders_stopped_at: MONDAY })
    expect(await press(id)).toEqual({ kind: 'stopped' })
    await RecoveryCase.query(db).findById(id).patch({ reminders_stopped_at: null })
    await switchPrompts(context, { ...here(), on: false })
    expect(await press(id)).toEqual({ kind: 'prompts_off' })
    workspace = await aWorkspace(context)
    expect(await press(id)).toEqual({ kind: 'unknown' })
  })
})
