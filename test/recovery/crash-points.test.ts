import { describe, expect } from '@jest/globals'
import type { Context } from '../../src/context.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { DEFAULT_STEPS } from '../../src/domain/campaign.js'
import { changeCampaign } from '../../src/recovery/change-campaign.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { enrichCases } from '../../src/recovery/enrich-cases.js'
import { followLink, stopReminders } from '../../src/recovery/follow-link.js'
import { forgetCustomer } from '../../src/recovery/forget-customer.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { createEventReceiver } from '../../src/recovery/receive-events.js'
import { sendNow } from '../../src/recovery/send-now.js'
import { switchPrompts } from '../../src/recovery/switch-prompts.js'
import { crashScenario, itSurvivesEveryCrash } from '../support/crash-points.js'
import { aCase, aMailedCase, type CrashWorld, linkTokenIn } from '../support/crash-world.js'
import { deliverAll } from '../support/deliver.js'
import { A_PERSON } from '../support/link-requests.js'
import type { WholePicture } from '../support/whole-picture.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const DAY_MINUTES = 24 * 60

const here = ({ workspace }: CrashWorld) => ({ workspaceId: workspace.id })
const deliver = (context: Context, world: CrashWorld) => deliverTouches(context, here(world))
/** Stripe is asked where that is called for. */
const checkAndDeliver = (context: Context, world: CrashWorld) => deliverAll(context, here(world))
/** One after the other, as their order in a batch follows. */
async function someCases(world: CrashWorld, count: number) {
  for (let n = 0; n < count; n += 1) {
    await aCase(world)
    world.advance(1_000)
  }
}
const touchesOf = ({ stored }: WholePicture, step: number) => stored.touches?.filter((touch) => touch.step === step)
/** What a planned touch looks like that nothing became of. */
const PLANNED = { mail_id: null, sent_at: null, skipped_at: null, canceled_at: null }
const SENT = { sent_at: 'a time', skipped_at: null, canceled_at: null }

const processing = [
  crashScenario({
    name: 'processing a failed renewal',
    async arrange({ stripe, live }) {
      stripe.failRenewal()
      return live('invoice.payment_failed')
    },
    run: processEvent,
    expects({ stored, mails }) {
      expect(stored.recovery_cases).toMatchObject([{ outcome: null }])
      expect(mails).toHaveLength(1)
    },
  }),
  crashScenario({
    name: 'processing a failed renewal while Stripe does not answer',
    async arrange({ stripe, live }) {
      stripe.failRenewal()
      stripe.faults.add({ route: 'GET /v1/invoices/:id', kind: 'status', status: 503 })
      return live('invoice.payment_failed')
    },
    run: processEvent,
    expects: ({ mails }) => expect(mails).toHaveLength(1),
  }),
  crashScenario({
    name: 'processing a payment',
    async arrange(world) {
      const { invoice } = await aMailedCase(world)
      world.stripe.pay(invoice.id)
      return world.live('invoice.paid')
    },
    run: processEvent,
    expects: ({ stored }) => expect(stored.recovery_cases).toMatchObject([{ outcome: 'recovered', open: 0 }]),
  }),
  crashScenario({
    name: 'processing a failure after the payment',
    async arrange({ stripe, live }) {
      const { invoice } = stripe.failRenewal()
      stripe.pay(invoice.id)
      return live('invoice.payment_failed')
    },
    run: processEvent,
    expects({ stored, mails }) {
      expect(stored.recovery_cases).toMatchObject([{ outcome: 'recovered' }])
      expect(mails).toEqual([])
    },
  }),
  crashScenario({
    name: 'processing a refund',
    async arrange(world) {
      const { invoice } = await aMailedCase(world)
      world.stripe.pay(invoice.id)
      await world.live()
      world.stripe.refund(invoice.id, { amount: 100 })
      return world.live('charge.refunded')
    },
    run: processEvent,
    expects: ({ stored }) => expect(stored.recovery_cases).toMatchObject([{ outcome: 'recovered', returned: 100 }]),
  }),
]

const mailing = [
  crashScenario({
    name: 'sending what is due',
    arrange: (world) => someCases(world, 2),
    run: (context, _, world) => deliver(context, world),
    expects(picture) {
      expect(picture.mails).toHaveLength(2)
      expect(touchesOf(picture, 0)).toMatchObject([SENT, SENT])
      for (const step of [1, 2, 3]) expect(touchesOf(picture, step)).toMatchObject([PLANNED, PLANNED])
    },
  }),
  crashScenario({
    name: 'sending to a provider that takes the mail and is cut off',
    async arrange(world) {
      await aCase(world)
      world.mail.faults.add({ route: 'POST /emails/batch', kind: 'cut', count: 1 })
    },
    run: (context, _, world) => deliver(context, world),
    expects: ({ mails }) => expect(mails).toHaveLength(1),
  }),
  crashScenario({
    name: 'sending a batch that the provider takes whole and is cut off',
    async arrange(world) {
      await someCases(world, 3)
      world.mail.faults.add({ route: 'POST /emails/batch', kind: 'cut', count: 1 })
    },
    run: (context, _, world) => deliver(context, world),
    expects(picture) {
      expect(picture.mails).toHaveLength(3)
      expect(picture.stored.deliveries).toMatchObject([
        { answered_at: 'a time', dissolved_at: null, abandoned_at: null },
      ])
      expect(touchesOf(picture, 0)).toMatchObject([SENT, SENT, SENT])
    },
  }),
  crashScenario({
    name: 'sending to a provider that takes nothing for now',
    async arrange(world) {
      await aCase(world)
      world.mail.faults.add({ route: 'POST /emails/batch', kind: 'status', status: 429, retryAfter: 20, count: 1 })
    },
    run: (context, _, world) => deliver(context, world),
    expects: ({ mails }) => expect(mails).toHaveLength(1),
    // Whoever dies before the refusal is written down leaves a delivery whose fate is unknown: it is repeated instead.
    matters: ({ stored: { deliveries: _, case_entries = [], ...stored }, ...picture }) => ({
      ...picture,
      stored,
      entries: case_entries.filter(({ kind }) => kind !== 'mail_delayed'),
    }),
  }),
]

/** The customer has the first mail, and a reminder is due. */
async function aReminder(world: CrashWorld) {
  const { invoice } = await aMailedCase(world)
  world.advance(DAY)
  return invoice
}

const reminding = [
  crashScenario({
    name: 'sending a reminder, for which Stripe is asked first',
    arrange: aReminder,
    run: (context, _, world) => checkAndDeliver(context, world),
    expects(picture) {
      expect(picture.mails).toHaveLength(2)
      expect(picture.stored.recovery_cases).toMatchObject([{ checked_at: 'a time', outcome: null }])
      expect(touchesOf(picture, 1)).toMatchObject([SENT])
      expect(touchesOf(picture, 2)).toMatchObject([PLANNED])
    },
  }),
  crashScenario({
    name: 'not sending a reminder of an invoice that was paid meanwhile',
    async arrange(world) {
      const invoice = await aReminder(world)
      world.stripe.pay(invoice.id)
      world.news() // The webhooks are late.
    },
    run: (context, _, world) => checkAndDeliver(context, world),
    expects(picture) {
      expect(picture.stored.recovery_cases).toMatchObject([{ outcome: 'recovered' }])
      expect(picture.mails).toHaveLength(1)
      for (const step of [1, 2, 3]) {
        expect(touchesOf(picture, step)).toMatchObject([{ ...PLANNED, canceled_at: 'a time', reason: 'case_closed' }])
      }
    },
  }),
  crashScenario({
    name: 'thanking for a payment after we wrote',
    async arrange(world) {
      await changeCampaign(world.context, { ...here(world), change: { thankYou: true } })
      const { invoice } = await aMailedCase(world)
      world.stripe.pay(invoice.id)
      return world.live('invoice.paid')
    },
    async run(context, event, world) {
      await processEvent(context, event)
      await deliver(context, world)
    },
    expects(picture) {
      expect(picture.mails).toHaveLength(2)
      expect(picture.stored.touches?.filter(({ template }) => template === 'thank_you')).toMatchObject([SENT])
    },
  }),
]

const CHANGED = [
  ...DEFAULT_STEPS.slice(0, 1),
  { step: 1, waitMinutes: 2 * DAY_MINUTES, template: 'final_notice', isOn: true } as const,
]

const ownersActions = [
  crashScenario({
    name: 'switching prompts on while cases are open',
    async arrange(world) {
      await switchPrompts(world.context, { ...here(world), on: false })
      await someCases(world, 2)
      world.advance(HOUR)
    },
    async run(context, _, world) {
      await switchPrompts(context, { ...here(world), on: true })
      await checkAndDeliver(context, world)
    },
    isAskedAgain: true,
    expects(picture) {
      expect(picture.mails).toHaveLength(2)
      expect(touchesOf(picture, 0)).toMatchObject([SENT, SENT])
      for (const step of [1, 2, 3]) expect(touchesOf(picture, step)).toMatchObject([PLANNED, PLANNED])
    },
    // Whoever dies between Stripe's two answers leaves one mail that may go: then they go one by one.
    matters: ({ stored: { deliveries: _, mails = [], ...stored }, ...picture }) => ({
      ...picture,
      stored,
      stored_mails: mails.map(({ position: _, ...mail }) => mail),
    }),
  }),
  crashScenario({
    name: 'changing the campaign',
    async arrange(world) {
      await aMailedCase(world)
    },
    run: (context, _, world) => changeCampaign(context, { ...here(world), change: { plans: { every: CHANGED } } }),
    isAskedAgain: true,
    expects(picture) {
      expect(picture.mails).toHaveLength(1)
      expect(picture.stored.campaign_steps).toHaveLength(2)
      expect(touchesOf(picture, 0)).toMatchObject([SENT])
      expect(touchesOf(picture, 1)).toMatchObject([
        { ...PLANNED, wait_minutes: 2 * DAY_MINUTES, template: 'final_notice' },
      ])
      for (const step of [2, 3]) {
        expect(touchesOf(picture, step)).toMatchObject([{ canceled_at: 'a time', reason: 'campaign_changed' }])
      }
    },
  }),
  crashScenario({
    name: 'sending the next reminder now',
    async arrange(world) {
      await aReminder(world)
      await checkAndDeliver(world.context, world)
      world.advance(DAY + HOUR)
      const { id } = await RecoveryCase.query(world.context.db)
        .findOne({ workspace_id: world.workspace.id })
        .throwIfNotFound()
      return { ...here(world), caseId: id, ownerId: world.workspace.owner.id, requestId: 'a press' }
    },
    async run(context, press, world) {
      await sendNow(context, press)
      await checkAndDeliver(context, world)
    },
    isAskedAgain: true,
    expects(picture) {
      expect(picture.mails).toHaveLength(3)
      expect(touchesOf(picture, 2)).toMatchObject([{ ...SENT, asked_at: 'a time' }])
      expect(touchesOf(picture, 3)).toMatchObject([PLANNED])
      expect(picture.stored.case_entries?.filter(({ kind }) => kind === 'sent_now')).toHaveLength(1)
    },
  }),
]

const others = [
  crashScenario({
    name: 'asking Stripe for what the payload did not say',
    async arrange(world) {
      const heal = world.stripe.faults.add({ route: 'GET /v1/invoices/:id', kind: 'status', status: 503 })
      await aMailedCase(world)
      heal()
    },
    run: (context, _, { workspace }) => enrichCases(context, { workspaceId: workspace.id }),
    expects: ({ stored }) => expect(stored.recovery_cases).toMatchObject([{ checked_at: 'a time' }]),
  }),
  crashScenario({
    name: 'taking events into the inbox',
    async arrange({ stripe, news }) {
      stripe.failRenewal()
      return news()
    },
    async run(context, events) {
      const { receive } = createEventReceiver(context, () => undefined)
      await Promise.all(events.map(receive))
    },
    isAskedAgain: true,
    expects: ({ mails }) => expect(mails).toHaveLength(1),
  }),
  crashScenario({
    name: 'following a recovery link',
    async arrange(world) {
      await aMailedCase(world)
      return linkTokenIn(world)
    },
    run: (context, token) => followLink(context, token, A_PERSON),
    isAskedAgain: true,
    expects: ({ stored }) =>
      expect(stored.case_entries).toContainEqual(expect.objectContaining({ kind: 'link_opened' })),
  }),
  crashScenario({
    name: 'stopping the reminders of an invoice',
    async arrange(world) {
      await aMailedCase(world)
      return linkTokenIn(world)
    },
    run: (context, token) => stopReminders(context, token),
    isAskedAgain: true,
    expects: ({ stored }) => expect(stored.recovery_cases).toMatchObject([{ reminders_stopped_at: 'a time' }]),
  }),
  crashScenario({
    name: 'stopping the reminders of all invoices that a mail is about',
    async arrange(world) {
      await aMailedCase(world)
      const { customer } = await aCase(world)
      world.advance(1_000)
      await aCase(world, { customer: customer.id })
      await deliver(world.context, world)
      world.advance(DAY) // Everybody's reminder is due.
      return linkTokenIn(world)
    },
    run: (context, token) => stopReminders(context, token, { all: true }),
    isAskedAgain: true,
    expects(picture) {
      const { stored, mails } = picture
      expect(stored.recovery_cases?.filter(({ reminders_stopped_at }) => reminders_stopped_at)).toHaveLength(2)
      const stopped = { sent_at: null, skipped_at: 'a time', reason: 'reminders_stopped' }
      expect(touchesOf(picture, 1)).toEqual(expect.arrayContaining([1, 2].map(() => expect.objectContaining(stopped))))
      expect(touchesOf(picture, 1)?.filter(({ sent_at }) => sent_at)).toHaveLength(1)
      expect(mails).toHaveLength(3)
    },
  }),
  crashScenario({
    name: 'forgetting a customer',
    async arrange(world) {
      const { customer } = await aMailedCase(world)
      return customer.id
    },
    run: (context, stripeCustomerId, { workspace }) =>
      forgetCustomer(context, { workspaceId: workspace.id, stripeCustomerId }),
    isAskedAgain: true,
    expects: ({ stored }) => expect(stored.recovery_cases).toMatchObject([{ customer_email: null }]),
  }),
  crashScenario({
    name: 'forgetting a customer whose mail is on its way',
    async arrange(world) {
      const { customer } = await aCase(world)
      world.mail.faults.add({ route: 'POST /emails/batch', kind: 'cut', count: 1 })
      await deliver(world.context, world)
      return customer.id
    },
    run: (context, stripeCustomerId, { workspace }) =>
      forgetCustomer(context, { workspaceId: workspace.id, stripeCustomerId }),
    isAskedAgain: true,
    expects({ stored }) {
      expect(stored.mails).toMatchObject([{ to_address: 'erased' }])
    },
  }),
]

describe('a process that is killed at any moment leaves what an undisturbed one leaves', () => {
  itSurvivesEveryCrash([...processing, ...mailing, ...reminding, ...ownersActions, ...others])
})
