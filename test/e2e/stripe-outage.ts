import { expect } from '@jest/globals'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { eventually } from '../support/eventually.js'
import { addresses, expectEachMailedOnce, type Installation, untilSettled } from './installation.js'

/** Stripe sends its webhooks and answers every call with 503, for a while. */
export async function stripeAnswers503(installation: Installation): Promise<void> {
  const { db, simulators } = installation
  const { stripe, mail } = simulators
  stripe.faults.add({ route: '* /v1/*', kind: 'status', status: 503 })
  const asked = stripe.log.calls.length

  const customers = addresses('waiting', 10)
  const began = Date.now()
  const invoices = installation.failRenewals(customers, 'lost_card')
  const mails = await Promise.all(customers.map((to) => mail.inbox.next({ to }, 10_000)))
  expect(Math.max(...mails.map(({ acceptedAt }) => acceptedAt - began))).toBeLessThan(10_000)
  await untilSettled(installation, customers.length, 10_000)
  expect(new Set(stripe.log.calls.slice(asked).map(({ status }) => status))).toEqual(new Set([503]))
  expect(await declineCodes()).toEqual(new Set([null]))

  stripe.faults.clear()
  await RecoveryCase.query(db).patch({ enrich_at: new Date() })
  await eventually(async () => (await RecoveryCase.query(db).whereNotNull('enrich_at').resultSize()) === 0, 90_000)
  expect(await declineCodes()).toEqual(new Set(['lost_card']))
  await expectEachMailedOnce(installation, invoices, customers)

  async function declineCodes() {
    return new Set((await RecoveryCase.query(db)).map((row) => row.decline_code))
  }
}
