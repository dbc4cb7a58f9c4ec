import { beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { CardPayment, type CardPaymentResult } from '../../src/db/models/card-payment.js'
import { CaseReversal } from '../../src/db/models/case-reversal.js'
import { ForgottenCustomer } from '../../src/db/models/forgotten-customer.js'
import type { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { isStalled, stalledSince } from '../../src/domain/stalled.js'
import { readNeedsHuman } from '../../src/recovery/read-needs-human.js'
import { forgetSuppressed, suppress } from '../../src/recovery/suppressions.js'
import { addEntry } from '../../src/recovery/timeline.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { aSentTouch, aStoredCase, aStoredMail, aStoredTouch, DAY, HOUR } from '../support/stored-cases.js'

const { db } = useDatabase()
let context: FakeContext
let workspace: TestWorkspace

beforeEach(async () => {
  context = fakeContext({ db })
  workspace = await aWorkspace(context)
})

const ago = (ms: number) => new Date(context.now().getTime() - ms)
const aCase = (over: Parameters<typeof aStoredCase>[2] = {}) => aStoredCase(context, workspace, over)
const needs = async (of = workspace, limit = 100) =>
  (await readNeedsHuman(context, of.id, of.connectionId, limit)).needs
const reasons = async () => (await needs()).map(({ reason, detail }) => [reason, detail])

/** Somebody who was written to an hour ago, and whom Stripe charges again tomorrow. */
async function aHealthyCase(over: Parameters<typeof aStoredCase>[2] = {}) {
  const recoveryCase = await aCase({ next_attempt_at: ago(-DAY), ...over })
  await aSentTouch(context, recoveryCase, ago(HOUR))
  return recoveryCase
}

/** Their new card is on file, and this came of our payment with it. */
async function aNewCard(
  { workspace_id, id }: RecoveryCase,
  result: CardPaymentResult | null,
  reason: string | null = null,
) {
  const at = ago(2 * HOUR)
  await addEntry(
    db,
    { workspace_id, id },
    { kind: 'card_changed', detail: { by: 'customer', card: null, pinned: false } },
    { at },
  )
  await CardPayment.query(db).insert({
    workspace_id,
    case_id: id,
    payment_method_id: 'pm_new',
    card: 'face',
    occasion: 'card_changed',
    idempotency_key: `pay-${id}`,
    planned_at: at,
    ...(result ? { answered_at: at, result, reason } : { lease_until: at }),
  })
}

const aDispute = ({ workspace_id, id }: RecoveryCase, over: Partial<CaseReversal> = {}) =>
  CaseReversal.query(db).insert({
    workspace_id,
    case_id: id,
    key: 'du_1',
    kind: 'dispute',
    amount: 9_900,
    as_of: ago(DAY),
    is_final: false,
    ...over,
  })

const paid = () => ({
  kind: 'invoice' as const,
  invoice: {
    asOf: ago(2 * DAY),
    status: 'paid' as const,
    amountRemaining: 0,
    amountPaid: 14_900,
    amountCredited: 0,
    settledAt: ago(2 * DAY),
    attemptCount: 1,
  },
})

describe('who needs a human', () => {
  it('is nobody as long as everything takes its course', async () => {
    await aHealthyCase()
    const waiting = await aCase({ ago: 30 * DAY })
    await aStoredTouch(context, waiting, { due_at: ago(-DAY) })
    await aCase({ ago: 30 * DAY, seen: [paid()] })
    const settling = await aHealthyCase()
    await aNewCard(settling, null)
    expect(await readNeedsHuman(context, workspace.id, workspace.connectionId, 5)).toEqual({ needs: [], total: 0 })
  })

  it('is whose mail bounced, with what is open', async () => {
    const { customer_email, customer_name, id } = await aHealthyCase()
    await suppress(db, {
      workspaceId: workspace.id,
      address: `${customer_email}`.toUpperCase(),
      reason: 'bounced',
      at: ago(HOUR / 2),
    })
    expect(await needs()).toEqual([
      expect.objectContaining({
        reason: 'suppressed',
        detail: 'bounced',
        caseId: id,
        customerName: customer_name,
        amount: 14_900,
        currency: 'usd',
        since: ago(HOUR / 2),
      }),
    ])
  })

  it('is who wrote in capitals too, and who is only known by the hash of an address', async () => {
    const recoveryCase = await aHealthyCase({ customer_email: 'Ann@Customer.example' })
    await suppress(db, {
      workspaceId: workspace.id,
      address: 'ann@customer.example',
      reason: 'complained',
      at: ago(HOUR),
    })
    await forgetSuppressed(db, workspace.id, ['ann@customer.example'])
    expect(await needs()).toEqual([expect.objectContaining({ caseId: recoveryCase.id, reason: 'suppressed' })])
  })

  it('is who has no address, once Stripe was asked', async () => {
    const asking = await aHealthyCase({ customer_email: null, enrich_at: ago(0), ago: HOUR / 2 })
    expect(await reasons()).toEqual([])
    await asking.$query(db).patch({ enrich_at: null })
    expect(await reasons()).toEqual([['no_address', null]])
  })

  it('is who has no address, when Stripe was asked in vain for an hour', async () => {
    await aHealthyCase({ customer_email: null, enrich_at: ago(0), ago: 2 * HOUR })
    expect(await reasons()).toEqual([['no_address', null]])
  })

  it('is whose address cannot be written to', async () => {
    const recoveryCase = await aCase({ customer_email: 'ann@', next_attempt_at: ago(-DAY) })
    await aStoredTouch(context, recoveryCase, { skipped_at: ago(HOUR), reason: 'address_unusable' })
    expect(await reasons()).toEqual([['no_address', 'address_unusable']])
    await aSentTouch(context, recoveryCase, ago(0), { step: 1 })
    expect(await reasons()).toEqual([])
  })

  it('is not who was forgotten, nor who stopped reminders, nor whom the owner or a pause holds back', async () => {
    const forgotten = await aHealthyCase({ customer_email: null })
    await ForgottenCustomer.query(db).insert({
      workspace_id: workspace.id,
      stripe_customer_id: String(forgotten.stripe_customer_id),
      forgotten_at: ago(HOUR),
    })
    await aHealthyCase({ customer_email: null, reminders_stopped_at: ago(HOUR) })
    await aHealthyCase({ customer_email: null, paused_at: ago(HOUR) })
    await aHealthyCase({ customer_email: null, subscription_paused: true })
    expect(await reasons()).toEqual([])
  })

  it('is whose mail was refused for good, until another one goes out', async () => {
    const recoveryCase = await aCase({ next_attempt_at: ago(-DAY) })
    const mail = await aStoredMail(context, recoveryCase, { refused_at: ago(HOUR) })
    await aStoredTouch(context, recoveryCase, { mail_id: mail.id, skipped_at: ago(HOUR), reason: 'mail_refused' })
    await aStoredTouch(context, recoveryCase, { step: 1, due_at: ago(-DAY) })
    expect(await reasons()).toEqual([['mail_failed', 'mail_refused']])
    await aSentTouch(context, recoveryCase, ago(0), { step: 2 })
    expect(await reasons()).toEqual([])
  })

  it('is whose mail went out and never arrived, until another one goes out', async () => {
    const recoveryCase = await aCase({ next_attempt_at: ago(-DAY) })
    const mail = await aStoredMail(context, recoveryCase, { accepted_at: ago(2 * HOUR), failed_at: ago(HOUR) })
    await aStoredTouch(context, recoveryCase, { mail_id: mail.id, sent_at: ago(2 * HOUR) })
    expect(await reasons()).toEqual([['mail_failed', 'mail_lost']])
    await aSentTouch(context, recoveryCase, ago(0), { step: 1 })
    expect(await reasons()).toEqual([])
  })

  it('is whose mail may or may not have gone out, until another one does', async () => {
    const recoveryCase = await aCase({ ago: 2 * DAY })
    const mail = await aStoredMail(context, recoveryCase, { delivery: { abandoned_at: ago(DAY) } })
    await aStoredTouch(context, recoveryCase, { mail_id: mail.id })
    expect(await needs()).toEqual([expect.objectContaining({ reason: 'mail_unknown', since: ago(DAY) })])
    await aSentTouch(context, recoveryCase, ago(0), { step: 1 })
    expect(await reasons()).toEqual([])
  })

  it('is nobody whose mail is only under way', async () => {
    const recoveryCase = await aCase({ ago: 20 * DAY })
    const mail = await aStoredMail(context, recoveryCase)
    await aStoredTouch(context, recoveryCase, { mail_id: mail.id })
    expect(await reasons()).toEqual([])
  })

  it.each(['permission_missing', 'switched_off'])(
    'is whose card is updated while the invoice stays open: %s',
    async (reason) => {
      await aNewCard(await aHealthyCase(), 'not_allowed', reason)
      expect(await reasons()).toEqual([['card_updated', reason]])
    },
  )

  it('is no longer whose new card Stripe tried in vain, unless the old one was charged', async () => {
    const recoveryCase = await aHealthyCase()
    await aNewCard(recoveryCase, 'not_allowed', 'switched_off')
    await addEntry(
      db,
      recoveryCase,
      { kind: 'charge_failed', detail: { code: null, attempt: 2, card: null } },
      { at: ago(HOUR), key: 'evt_2' },
    )
    expect(await reasons()).toEqual([])
    await recoveryCase.$query(db).patch({ pinned_at: ago(HOUR) })
    expect(await reasons()).toEqual([['card_updated', 'switched_off']])
  })

  it('is not whose card never changed, when the owner may not charge it', async () => {
    const { workspace_id, id } = await aHealthyCase()
    await CardPayment.query(db).insert({
      workspace_id,
      case_id: id,
      payment_method_id: 'pm_old',
      card: 'face',
      occasion: 'request',
      idempotency_key: `pay-${id}`,
      planned_at: ago(HOUR),
      answered_at: ago(HOUR),
      result: 'not_allowed',
      reason: 'permission_missing',
    })
    expect(await reasons()).toEqual([])
  })

  it('is of whom nobody knows whether their new card was charged', async () => {
    await aNewCard(await aHealthyCase(), 'unknown', 'no_answer')
    expect(await reasons()).toEqual([['card_updated', 'unknown']])
  })

  it('is whose new card was declined, once nothing more is planned', async () => {
    const recoveryCase = await aHealthyCase()
    await aNewCard(recoveryCase, 'declined', 'insufficient_funds')
    expect(await reasons()).toEqual([])
    await recoveryCase.$query(db).patch({ next_attempt_at: null })
    expect(await reasons()).toEqual([['card_updated', 'declined']])
  })

  it.each(['paid', 'processing', 'already_paid', 'authentication', 'gone'] as const)(
    'is nobody whose payment with the new card ended as %s',
    async (result) => {
      await aNewCard(await aHealthyCase(), result)
      expect(await reasons()).toEqual([])
    },
  )

  it('is who stands still for seven days, counted from the last thing that happened', async () => {
    const recoveryCase = await aCase({ ago: 20 * DAY, next_attempt_at: ago(9 * DAY) })
    const last = await aSentTouch(context, recoveryCase, ago(7 * DAY - HOUR))
    expect(await reasons()).toEqual([])
    await last.$query(db).patch({ sent_at: ago(7 * DAY) })
    expect(await needs()).toEqual([expect.objectContaining({ reason: 'stalled', detail: '1', since: ago(7 * DAY) })])
  })

  it('is not who stands still because the owner or the subscription is paused', async () => {
    await aCase({ ago: 20 * DAY, paused_at: ago(15 * DAY) })
    await aCase({ ago: 20 * DAY, subscription_paused: true })
    expect(await reasons()).toEqual([])
  })

  it('is whose payment is disputed, with what is disputed, until that is decided', async () => {
    const recoveryCase = await aCase({ ago: 5 * DAY, seen: [paid()] })
    await aDispute(recoveryCase)
    await aDispute(await aCase({ seen: [paid()] }), { amount: 0 })
    await aDispute(await aCase({ seen: [paid()] }), { kind: 'refund' })
    expect(await needs()).toEqual([
      expect.objectContaining({ reason: 'dispute', caseId: recoveryCase.id, amount: 9_900, detail: 'du_1' }),
    ])
    await CaseReversal.query(db).where({ case_id: recoveryCase.id }).patch({ is_final: true })
    expect(await reasons()).toEqual([])
  })

  it('is whose subscription keeps the old card, also after the invoice was paid', async () => {
    const recoveryCase = await aCase({ ago: 5 * DAY, seen: [paid()], pinned_at: ago(DAY) })
    expect(await needs()).toEqual([
      expect.objectContaining({
        reason: 'pinned',
        caseId: recoveryCase.id,
        amount: null,
        stripeSubscriptionId: recoveryCase.stripe_subscription_id,
      }),
    ])
    await recoveryCase.$query(db).patch({ subscription_ended_at: ago(HOUR) })
    expect(await reasons()).toEqual([])
  })

  it('names a subscription once, by its newest case', async () => {
    await aCase({ ago: 40 * DAY, seen: [paid()], pinned_at: ago(39 * DAY), stripe_subscription_id: 'sub_1' })
    const newest = await aHealthyCase({ pinned_at: ago(HOUR), stripe_subscription_id: 'sub_1' })
    expect((await needs()).map(({ caseId }) => caseId)).toEqual([newest.id])
  })

  it('is the owner, when Stripe refuses the key', async () => {
    await StripeConnection.query(db)
      .findById(workspace.connectionId)
      .patch({ rejected_at: ago(HOUR) })
    expect(await needs()).toEqual([
      expect.objectContaining({ reason: 'key_refused', caseId: null, amount: null, since: ago(HOUR) }),
    ])
  })

  it('gives one row a case, with its most pressing reason', async () => {
    const recoveryCase = await aCase({ ago: 20 * DAY, pinned_at: ago(10 * DAY), customer_email: null })
    expect(await reasons()).toEqual([['no_address', null]])
    await aNewCard(recoveryCase, 'not_allowed', 'switched_off')
    expect(await reasons()).toEqual([['card_updated', 'switched_off']])
    await aDispute(recoveryCase)
    expect(await reasons()).toEqual([['dispute', 'du_1']])
  })

  it('puts the most pressing first, then the longest waiting, and counts those it does not show', async () => {
    const stalled = await aCase({ ago: 20 * DAY })
    const pinned = await aHealthyCase({ pinned_at: ago(HOUR) })
    const later = await aHealthyCase({ customer_email: null, ago: 2 * HOUR })
    const earlier = await aHealthyCase({ customer_email: null, ago: 3 * HOUR })
    const disputed = await aCase({ seen: [paid()] })
    await aDispute(disputed)
    await StripeConnection.query(db)
      .findById(workspace.connectionId)
      .patch({ rejected_at: ago(HOUR) })

    const wanted = [null, disputed.id, earlier.id, later.id, stalled.id, pinned.id]
    expect((await needs()).map(({ caseId }) => caseId)).toEqual(wanted)
    const { needs: shown, total } = await readNeedsHuman(context, workspace.id, workspace.connectionId, 2)
    expect([shown.map(({ caseId }) => caseId), total]).toEqual([wanted.slice(0, 2), 6])
  })

  it('does not look into another workspace, nor at a connection of the past', async () => {
    const other = await aWorkspace(context)
    await aStoredCase(context, other, { customer_email: null, next_attempt_at: ago(-DAY) })
    await StripeConnection.query(db)
      .findById(other.connectionId)
      .patch({ rejected_at: ago(HOUR) })
    await suppress(db, { workspaceId: other.id, address: 'ann@customer.example', reason: 'bounced', at: ago(HOUR) })
    await aHealthyCase({ customer_email: 'ann@customer.example' })
    expect(await reasons()).toEqual([])
    expect(await needs(other)).toHaveLength(2)
    expect(await needs({ ...workspace, connectionId: other.connectionId })).toEqual([])
  })
})

describe('stalled', () => {
  const hours = fc.integer({ min: 0, max: 15 * 24 })
  const end = fc.record({
    hours,
    how: fc.constantFrom('sent', 'skipped', 'canceled', 'planned', 'unknown', 'under_way'),
  })

  it('means the same in the domain as in the query', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          opened: hours,
          attempt: fc.option(fc.integer({ min: -48, max: 15 * 24 })),
          ends: fc.array(end, { maxLength: 3 }),
          held: fc.constantFrom(null, null, 'owner', 'subscription'),
        }),
        async ({ opened, attempt, ends, held }) => {
          const recoveryCase = await aCase({
            ago: opened * HOUR,
            next_attempt_at: attempt === null ? null : ago(attempt * HOUR),
            paused_at: held === 'owner' ? ago(0) : null,
            subscription_paused: held === 'subscription',
          })
          for (const [step, { hours, how }] of ends.entries()) {
            const at = ago(hours * HOUR)
            if (how === 'sent') await aSentTouch(context, recoveryCase, at, { step })
            else if (how === 'skipped') {
              await aStoredTouch(context, recoveryCase, { step, skipped_at: at, reason: 'reminders_stopped' })
            } else if (how === 'canceled') {
              await aStoredTouch(context, recoveryCase, { step, canceled_at: at, reason: 'case_closed' })
            } else if (how === 'planned') await aStoredTouch(context, recoveryCase, { step })
            else {
              const abandoned_at = how === 'unknown' ? at : null
              const mail = await aStoredMail(context, recoveryCase, { delivery: { abandoned_at } })
              await aStoredTouch(context, recoveryCase, { step, mail_id: mail.id })
            }
          }
          const standstill = {
            openedAt: recoveryCase.opened_at,
            nextAttemptAt: recoveryCase.next_attempt_at,
            isHeld: held !== null,
            contactsEndedAt: ends.map(({ hours, how }) =>
              how === 'planned' || how === 'under_way' ? null : ago(hours * HOUR),
            ),
          }
          const found = (await needs()).find(({ caseId }) => caseId === recoveryCase.id)
          await recoveryCase.$query(db).delete()

          // A mail of unknown fate is the more pressing one.
          if (found?.reason === 'mail_unknown') return
          expect(found?.since ?? null).toEqual(
            isStalled(standstill, context.now()) ? stalledSince(standstill, context.now()) : null,
          )
        },
      ),
      { numRuns: 60 },
    )
  })
})
