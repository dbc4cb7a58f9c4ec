import { expect } from '@jest/globals'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { eventually } from '../support/eventually.js'
import { addresses, expectEachMailedOnce, type Installation, untilSettled } from './installation.js'

const STOPS_WITHIN_MS = 10_000

/** A deployment: web and worker are asked to stop, one after the other, in the middle of their work. */
export async function stopsInTheMiddle(installation: Installation): Promise<void> {
  const { db, simulators, web, worker } = installation
  const { stripe } = simulators
  const { webhooks } = stripe
  stripe.faults.add({ route: 'GET /v1/invoices/:id', kind: 'slow', ms: 200 })
  webhooks.configure({ duplicates: 0.2, shuffleMs: 4_000, retryMs: [50] })
  const customers = addresses('stopping', 300)
  const invoices = installation.failRenewals(customers)
  const delivered = () => webhooks.deliveries.filter(({ state }) => state === 'delivered').map(({ event }) => event.id)

  await eventually(() => delivered().length > 50)
  await endsWell(web.stop('SIGTERM'))
  const answered = new Set(delivered())
  expect(answered.size).toBeLessThan(customers.length)
  const stored = await StripeEvent.query(db).select('stripe_event_id')
  const ids = new Set(stored.map((row) => row.stripe_event_id))
  expect([...answered].filter((id) => !ids.has(id))).toEqual([])
  await web.start()

  await eventually(async () => (await processed()) > 100, 30_000)
  await endsWell(worker.stop('SIGTERM'))
  expect(await processed()).toBeLessThan(customers.length)
  await worker.start()

  await untilSettled(installation, customers.length, 60_000)
  await expectEachMailedOnce(installation, invoices, customers)

  function processed(): Promise<number> {
    return StripeEvent.query(db).whereNotNull('processed_at').resultSize()
  }
}

async function endsWell(ending: Promise<{ status: number | null; stdout: string; stderr: string }>): Promise<void> {
  const began = Date.now()
  const { status, stderr } = await ending
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(Date.now() - began).toBeLessThan(STOPS_WITHIN_MS)
}
