import { describe, expect } from '@jest/globals'
import type { Context } from '../../src/context.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { retryPayment } from '../../src/recovery/retry-payment.js'
import { returnFromPortal } from '../../src/recovery/return-from-portal.js'
import { settleCards } from '../../src/recovery/settle-cards.js'
import { crashScenario, itSurvivesEveryCrash } from '../support/crash-points.js'
import { aMailedCase, type CrashWorld, linkTokenIn } from '../support/crash-world.js'
import type { WholePicture } from '../support/whole-picture.js'

const WORKING = '4242424242424242'
const WANTS_CONFIRMATION = '4000002760003184'
const DECLINED = '4000000000000341'

const settle = (context: Context, _: unknown, { workspace }: CrashWorld) =>
  settleCards(context, { workspaceId: workspace.id })
const payments = ({ stripe }: WholePicture) => stripe.asked.filter((call) => call.endsWith('/pay'))

/** A customer saved another card, and we know that there is something to look at. */
const aNewCard =
  (number: string, { ownCard = false } = {}) =>
  async (world: CrashWorld) => {
    const { customer } = await aMailedCase(world, { ownCard })
    world.stripe.saveCard(customer.id, number)
    await world.live()
  }

/** What the owner's actions are given. */
async function theCase({ context, workspace }: CrashWorld) {
  const { id } = await RecoveryCase.query(context.db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
  return { workspaceId: workspace.id, caseId: id, ownerId: workspace.owner.id }
}

const cards = [
  crashScenario({
    name: 'processing what Stripe tells of a new card',
    async arrange(world) {
      const { customer } = await aMailedCase(world)
      world.stripe.saveCard(customer.id, WORKING)
      return world.live('customer.updated')
    },
    run: processEvent,
    expects: (picture) => expect(payments(picture)).toHaveLength(1),
  }),
  crashScenario({
    name: 'paying with a new card',
    arrange: aNewCard(WORKING),
    run: settle,
    expects(picture) {
      expect(payments(picture)).toHaveLength(1)
      expect(picture.stored.recovery_cases).toMatchObject([{ outcome: 'recovered', assisted: true }])
    },
  }),
  crashScenario({
    name: 'paying with a new card and changing the subscription that keeps the old one',
    arrange: aNewCard(WORKING, { ownCard: true }),
    run: settle,
    expects(picture) {
      expect(payments(picture)).toHaveLength(1)
      expect(picture.stored.recovery_cases).toMatchObject([{ outcome: 'recovered', pinned_at: null }])
    },
    // What Stripe tells of our own change concerns the case only if it came before the payment closed it.
    matters: ({ stored: { stripe_events = [], ...stored }, ...picture }) => ({
      ...picture,
      stored,
      events: stripe_events.filter(({ backfilled_at }) => backfilled_at === null),
    }),
  }),
  crashScenario({
    name: 'paying with a new card whose bank wants the customer',
    arrange: aNewCard(WANTS_CONFIRMATION),
    run: settle,
    expects: ({ stored }) => expect(stored.card_payments).toMatchObject([{ result: 'authentication' }]),
  }),
  crashScenario({
    name: 'paying with a new card that is declined',
    arrange: aNewCard(DECLINED),
    run: settle,
    expects: ({ stored }) => expect(stored.card_payments).toMatchObject([{ result: 'declined' }]),
  }),
  crashScenario({
    name: 'a customer coming back from the card page',
    async arrange(world) {
      const { customer } = await aMailedCase(world)
      world.stripe.saveCard(customer.id, WORKING)
      return linkTokenIn(world)
    },
    run: returnFromPortal,
    isAskedAgain: true,
    expects: (picture) => expect(payments(picture)).toHaveLength(1),
  }),
  crashScenario({
    name: 'the owner retrying a payment',
    async arrange(world) {
      const { customer } = await aMailedCase(world)
      world.stripe.saveCard(customer.id, WORKING)
      return theCase(world)
    },
    run: (context, key) => retryPayment(context, { ...key, requestId: 'a click' }),
    isAskedAgain: true,
    expects: (picture) => expect(payments(picture)).toHaveLength(1),
  }),
]

describe('a process that is killed at any moment leaves what an undisturbed one leaves', () => {
  itSurvivesEveryCrash(cards)
})
