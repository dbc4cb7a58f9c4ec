import { expect } from '@jest/globals'
import { Delivery } from '../../src/db/models/delivery.js'
import type { Fault } from '../simulator/faults.js'
import { mailApi } from '../simulator/mail/api.js'
import { eventually } from '../support/eventually.js'
import { expectEachMailedOnce, type Installation, untilSettled } from './installation.js'

const RETRY_AFTER_S = 2

/** The mail provider limits, is down, cuts the line before and after it took a mail, and falls silent after it did. */
export async function mailProviderFails(installation: Installation): Promise<void> {
  const { db, simulators } = installation
  const { mail } = simulators
  const customers: string[] = []
  const invoices: string[] = []
  const failOne = (name: string) => {
    const address = `${name}@customers.example`
    customers.push(address)
    invoices.push(...installation.failRenewals([address]))
    return address
  }
  const once = (fault: Omit<Fault, 'route' | 'count'>) =>
    mail.faults.add({ route: 'POST /emails/batch', count: 1, ...fault })
  const accepted = (to: string) => mail.inbox.next({ to }, 30_000)

  once({ kind: 'status', status: 429, retryAfter: RETRY_AFTER_S })
  const limited = await accepted(failOne('limited'))
  const refusal = mail.calls.find(({ status }) => status === 429)!
  expect(limited.acceptedAt - refusal.at).toBeGreaterThanOrEqual(RETRY_AFTER_S * 1_000)
  await untilSettled(installation, 1, 10_000)

  const port = Number(new URL(mail.url).port)
  await mail.stop()
  const refused = failOne('refused')
  await eventually(async () => (await Delivery.query(db).where({ reason: 'ECONNREFUSED' }).resultSize()) > 0, 30_000)
  await mail.listen(port, [mailApi(mail)])
  await accepted(refused)
  await untilSettled(installation, 2, 10_000)

  // Each is over before the next begins: a repeat of one must not meet the fault that is meant for another.
  const settled = () => untilSettled(installation, customers.length, 60_000)
  once({ kind: 'drop' })
  failOne('dropped')
  await settled()
  once({ kind: 'cut' })
  const cut = await accepted(failOne('cut'))
  await settled()
  once({ kind: 'hang-after' })
  const silent = await accepted(failOne('silent'))
  await settled()

  await expectEachMailedOnce(installation, invoices, customers)
  const hits = Object.fromEntries(mail.faults.list().map((rule) => [rule.fault.kind, rule.hits]))
  expect(hits).toEqual({ status: 1, drop: 1, cut: 1, 'hang-after': 1 })
  for (const { idempotencyKey } of [cut, silent]) {
    const calls = mail.calls.filter((call) => call.idempotencyKey === idempotencyKey)
    expect(calls.map(({ fault }) => fault)).toEqual([expect.any(String), undefined])
  }
}
