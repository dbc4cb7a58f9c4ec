import { expect } from '@jest/globals'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { recoveryLink } from '../simulator/customers.js'
import { openPage, submitForm } from '../simulator/visitor.js'
import { eventually } from '../support/eventually.js'
import { mailedAMinuteAgo } from '../support/link-requests.js'
import { expectEachMailedOnce, type Installation, untilSettled } from './installation.js'

const WORKING_CARD = '4242424242424242'

/** A mail, a link, Stripe's page, a new card, which pays at once: the money is back. */
export async function customerRecovers(installation: Installation): Promise<void> {
  const { db, simulators } = installation
  const { stripe, mail } = simulators
  const address = 'ada@customers.example'
  const [invoice = ''] = installation.failRenewals([address], 'expired_card')

  const letter = await mail.inbox.next({ to: address })
  const link = recoveryLink(letter) ?? ''
  // Checking the key asks for one too, for a customer who does not exist.
  const sessions = () =>
    stripe.log.to('POST', '/v1/billing_portal/sessions').filter(({ status }) => status === 200).length

  await mailedAMinuteAgo(db, (await theCase()).id)
  const looked = await fetch(link, { method: 'HEAD', redirect: 'manual' })
  expect(looked.status).toBe(200)
  expect(sessions()).toBe(0)

  const portal = await openPage(link)
  expect(sessions()).toBe(1)
  expect(portal.url.startsWith(`${stripe.url}/p/session/`)).toBe(true)
  const after = await submitForm(portal, 'card', WORKING_CARD)
  expect(after.url).toBe(`${link}/done`)
  expect(after.html).toMatch(/Thank you|We take care of the payment/)

  await eventually(async () => (await theCase()).outcome !== null)
  const { outcome, recovered, exposure, amount_remaining } = await theCase()
  expect({ outcome, recovered, amount_remaining }).toEqual({
    outcome: 'recovered',
    recovered: exposure,
    amount_remaining: 0,
  })
  const entries = await CaseEntry.query(db).orderBy('id')
  expect(entries.map(({ kind }) => kind)).toEqual([
    'stripe_told',
    'charge_failed',
    'mail_accepted',
    'link_fetched',
    'link_opened',
    'card_changed',
    'payment_made',
    'recovered',
  ])

  const again = await openPage(link)
  expect(again.url).toBe(link)
  expect(again.html).toContain('This is already paid')
  expect(sessions()).toBe(1)
  await untilSettled(installation, 1, 20_000)
  await expectEachMailedOnce(installation, [invoice], [address])

  function theCase(): Promise<RecoveryCase> {
    return RecoveryCase.query(db).findOne({ stripe_invoice_id: invoice }).throwIfNotFound().execute()
  }
}
