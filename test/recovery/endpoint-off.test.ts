import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Delivery } from '../../src/db/models/delivery.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { findGaps } from '../../src/diagnostics/find-gaps.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { truthOf } from '../simulator/history/truth.js'
import { rollFor } from '../simulator/random.js'
import { aCrashWorld, type CrashWorld } from '../support/crash-world.js'
import { useDatabase } from '../support/database.js'

const database = useDatabase()
const SECOND = 1_000
const HOUR = 3_600_000
const FAILURES = 200

let world: CrashWorld

beforeEach(async () => {
  world = await aCrashWorld(database)
})
afterEach(() => world.stop())

/** What becomes of a failed renewal within the hour. */
const FATES = ['pays', 'pays', 'cancels', 'voided', 'refunded', 'nothing', 'nothing'] as const

describe('an endpoint that was off for an hour', () => {
  it('has missed nothing once it is back, and nobody who has paid is written to', async () => {
    const { context, stripe, mail, workspace } = world
    await StripeConnection.query(database.db)
      .findById(workspace.connectionId)
      .patch({ created_at: context.now(), events_checked_until: context.now() })
    for (let nth = 0; nth < FAILURES; nth += 1) {
      const { invoice, subscription } = stripe.failRenewal()
      world.advance((HOUR / FAILURES) * 0.9)
      const fate = FATES[Math.floor(rollFor('endpoint off', String(nth)) * FATES.length)]
      if (fate === 'pays' || fate === 'refunded') stripe.pay(invoice.id)
      if (fate === 'refunded') stripe.refund(invoice.id)
      if (fate === 'cancels') stripe.cancelSubscription(subscription.id)
      if (fate === 'voided') stripe.voidInvoice(invoice.id)
    }
    world.news() // Nobody heard of it.
    world.advance(HOUR / 10)

    const { found } = await findGaps(context, { workspaceId: workspace.id })
    for (const event of found) await processEvent(context, event)
    // Stripe needs a while for so many questions; reading on goes through the same budget.
    for (let round = 0; round < 4; round += 1) {
      await deliverTouches(context, { workspaceId: workspace.id })
      world.advance(15 * SECOND)
    }

    const cases = await RecoveryCase.query(database.db)
    const figures = cases.map(({ stripe_invoice_id, exposure, recovered, returned, lost, forgiven, open }) => [
      stripe_invoice_id,
      { exposure, recovered, returned, lost, forgiven, open },
    ])
    expect(new Map(figures as never)).toEqual(
      new Map(
        truthOf(stripe.account).map(({ invoice, exposed: exposure, recovered, returned, lost, forgiven, open }) => [
          invoice,
          { exposure, recovered, returned, lost, forgiven, open },
        ]),
      ),
    )
    expect(cases).toHaveLength(FAILURES)
    const written = mail.inbox.mails.map(({ to }) => to[0])
    const unpaid = cases.filter(({ outcome }) => outcome === null).map(({ customer_email }) => customer_email)
    expect(unpaid.length).toBeGreaterThan(FAILURES / 5)
    expect(written.toSorted()).toEqual(unpaid.toSorted())
    expect(await Delivery.query(database.db).whereNull('answered_at')).toEqual([])
    expect(await StripeEvent.query(database.db).whereNull('backfilled_at')).toEqual([])
  }, 120_000)
})
