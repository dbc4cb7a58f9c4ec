import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { disconnectStripe } from '../../src/accounts/disconnect-stripe.js'
import { isStripeVerified } from '../../src/accounts/stripe-status.js'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { SigningSecret } from '../../src/db/models/signing-secret.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { Touch } from '../../src/db/models/touch.js'
import { enrichCases } from '../../src/recovery/enrich-cases.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { deliverAll } from '../support/deliver.js'
import { aStoredEvent, aWorkspace, failedInvoice, paidInvoice, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'
import { DAY } from '../support/stored-cases.js'
import { stripeAnswersOnly } from '../support/stripe-answers.js'
import { postEvent, serveApp } from '../support/web.js'

const database = useDatabase()
let context: FakeContext
let workspace: TestWorkspace
beforeEach(async () => {
  context = fakeContext({ db: database.db })
  workspace = await aWorkspace(context)
  stripeAnswersOnly(503)
})
afterEach(() => nock.cleanAll())

const invoice = failedInvoice('2026-10-28.endive')
const aFailure = () => aStoredEvent(context, workspace, 'invoice.payment_failed', invoice)
const theCase = () => RecoveryCase.query(database.db).findOne({ workspace_id: workspace.id })
const disconnect = () => disconnectStripe(context, workspace.id)

describe('disconnecting Stripe', () => {
  it('erases key and secrets, dismisses open cases and mails nobody about them', async () => {
    await processEvent(context, await aFailure())

    expect(await disconnect()).toBe('disconnected')

    const at = context.now()
    for (const _ of ['first mail', 'reminders']) {
      await deliverAll(context, { workspaceId: workspace.id })
      context.advance(10 * DAY)
    }
    await enrichCases(context, { workspaceId: workspace.id })
    expect(context.outbox).toEqual([])
    expect(await StripeConnection.query(database.db).findById(workspace.connectionId)).toMatchObject({
      api_key_sealed: null,
      replaced_at: expect.any(Date),
    })
    expect(await SigningSecret.query(database.db).where({ workspace_id: workspace.id })).toEqual([])
    expect(await theCase()).toMatchObject({ outcome: 'dismissed', enrich_at: null })
    const touches = await Touch.query(database.db).where({ workspace_id: workspace.id }).orderBy('step')
    expect(touches).toMatchObject([0, 1, 2, 3].map((step) => ({ step, canceled_at: at, reason: 'connection_changed' })))
    expect(await isStripeVerified(context, workspace.id)).toBe(false)
  })

  it('changes nothing the second time', async () => {
    await processEvent(context, await aFailure())
    await disconnect()
    const before = [await theCase(), await CaseEntry.query(database.db).where({ workspace_id: workspace.id })]

    context.advance(60_000)
    expect(await disconnect()).toBe('was_disconnected')
    expect([await theCase(), await CaseEntry.query(database.db).where({ workspace_id: workspace.id })]).toEqual(before)
  })

  it('opens no case for a failure that was stored before and is processed after', async () => {
    const event = await aFailure()
    await disconnect()

    expect(await processEvent(context, event)).toMatchObject({ touches: false })

    expect(await theCase()).toBeUndefined()
    expect(await StripeEvent.query(database.db).findOne({ id: event.eventId })).toMatchObject({
      outcome: 'ignored',
      detail: 'This Stripe account is no longer connected',
    })
  })

  it('leaves no case open when failures are processed at the same moment', async () => {
    const events = []
    for (let n = 0; n < 10; n += 1) {
      const other = failedInvoice('2026-10-28.endive', { id: `in_${n}` })
      events.push(await aStoredEvent(context, workspace, 'invoice.payment_failed', other))
    }
    await Promise.all([...[...events.slice(5), ...events].map((event) => processEvent(context, event)), disconnect()])

    const open = await RecoveryCase.query(database.db).where({ workspace_id: workspace.id, closed_at: null })
    expect(open).toEqual([])
  })

  it('still lets a late payment of a dismissed case count', async () => {
    await processEvent(context, await aFailure())
    await disconnect()
    context.advance(1_000)
    const paid = paidInvoice('2026-10-28.endive')
    await processEvent(context, await aStoredEvent(context, workspace, 'invoice.paid', paid))
    expect(await theCase()).toMatchObject({ outcome: 'recovered' })
  })

  it('lets webhooks find nobody', async () => {
    await disconnect()
    const web = await serveApp(() => context)
    try {
      expect((await postEvent(web.url, workspace, { id: 'evt_1' })).status).toBe(404)
    } finally {
      await web.close()
    }
  })

  it('leaves another workspace connected', async () => {
    const other = await aWorkspace(context)
    await disconnect()
    expect(await isStripeVerified(context, other.id)).toBe(true)
  })
})
