import { describe, expect } from '@jest/globals'
import type { Context } from '../../src/context.js'
import { Touch } from '../../src/db/models/touch.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { enrichCases } from '../../src/recovery/enrich-cases.js'
import { followLink, stopReminders } from '../../src/recovery/follow-link.js'
import { forgetCustomer } from '../../src/recovery/forget-customer.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { createEventReceiver } from '../../src/recovery/receive-events.js'
import { crashScenario, itSurvivesEveryCrash } from '../support/crash-points.js'
import { aCase, aMailedCase, type CrashWorld, linkTokenIn } from '../support/crash-world.js'
import { A_PERSON } from '../support/link-requests.js'

const DAY = 86_400_000

const deliver = (context: Context, { workspace }: CrashWorld) => deliverTouches(context, { workspaceId: workspace.id })

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
    async arrange(world) {
      await aCase(world)
      await aCase(world)
    },
    run: (context, _, world) => deliver(context, world),
    expects({ stored, mails }) {
      expect(mails).toHaveLength(2)
      expect(stored.touches).toMatchObject([{ sent_at: 'a time' }, { sent_at: 'a time' }])
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
  const { db, now } = world.context
  const { workspace_id, case_id } = await Touch.query(db).findOne({ step: 0 }).throwIfNotFound()
  world.advance(DAY)
  await Touch.query(db).insert({ workspace_id, case_id, step: 1, due_at: now() })
  return invoice
}

const reminding = [
  crashScenario({
    name: 'sending a reminder, for which Stripe is asked first',
    arrange: aReminder,
    run: (context, _, world) => deliver(context, world),
    expects: ({ mails }) => expect(mails).toHaveLength(2),
  }),
  crashScenario({
    name: 'not sending a reminder of an invoice that was paid meanwhile',
    async arrange(world) {
      const invoice = await aReminder(world)
      world.stripe.pay(invoice.id)
      world.news() // The webhooks are late.
    },
    run: (context, _, world) => deliver(context, world),
    expects({ stored, mails }) {
      expect(stored.recovery_cases).toMatchObject([{ outcome: 'recovered' }])
      expect(mails).toHaveLength(1)
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
  itSurvivesEveryCrash([...processing, ...mailing, ...reminding, ...others])
})
