import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { Touch } from '../../src/db/models/touch.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { enrichCases } from '../../src/recovery/enrich-cases.js'
import { findPending } from '../../src/recovery/find-pending.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import {
  aStoredEvent,
  aWorkspace,
  failedInvoice,
  paidInvoice,
  type Renewal,
  type TestWorkspace,
} from '../support/factories.js'
import nock from '../support/nock.js'
import { stripeAnswersOnly, stripeHas } from '../support/stripe-answers.js'

const database = useDatabase()
const CURRENT = '2026-10-28.endive'
const EXPANDED = `${CURRENT} expanded` as const
const MINUTE = 60_000

let context: FakeContext
let workspace: TestWorkspace

beforeEach(async () => {
  context = fakeContext({ db: database.db })
  workspace = await aWorkspace(context)
})
afterEach(() => nock.cleanAll())

/** A case that opened while Stripe could not be asked. */
async function aBareCase(overrides: Partial<Renewal> = {}) {
  stripeAnswersOnly(503)
  const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice(CURRENT, overrides))
  await processEvent(context, event)
  nock.cleanAll()
}
const enrich = () => enrichCases(context, { workspaceId: workspace.id })
const theCase = () => RecoveryCase.query(database.db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
const pending = async () => {
  const all = await findPending(context)
  return {
    events: all.events.filter(({ workspaceId }) => workspaceId === workspace.id).length,
    deliver: all.deliver.includes(workspace.id),
    enrich: all.enrich.includes(workspace.id),
  }
}

describe('asking Stripe later', () => {
  it('fills in the address, and the mail that waited for it goes out', async () => {
    await aBareCase({ email: null, customer: 'cus_late' })
    await deliverTouches(context, { workspaceId: workspace.id })
    expect(context.outbox).toEqual([])

    context.advance(MINUTE)
    expect((await pending()).enrich).toBe(true)
    stripeHas(failedInvoice(EXPANDED, { customer: 'cus_late' }))
    expect(await enrich()).toMatchObject({ touches: true })
    await deliverTouches(context, { workspaceId: workspace.id })

    expect(context.outbox.map(({ to }) => to)).toEqual(['ada@example.com'])
    expect((await theCase()).enrich_at).toBeNull()
  })

  it('skips the touch when Stripe knows no address either', async () => {
    await aBareCase({ email: null })
    context.advance(MINUTE)
    stripeHas(failedInvoice(EXPANDED, { email: null }))
    await enrich()
    await deliverTouches(context, { workspaceId: workspace.id })

    expect(await Touch.query(database.db).where({ workspace_id: workspace.id, step: 0 })).toMatchObject([
      { reason: 'no_address' },
    ])
    expect(context.outbox).toEqual([])
  })

  it('learns the decline that webhooks do not carry', async () => {
    await aBareCase()
    expect((await theCase()).decline_class).toBe('unknown')
    context.advance(MINUTE)
    stripeHas(failedInvoice(EXPANDED))
    await enrich()

    expect((await theCase()).decline_class).not.toBe('unknown')
  })

  it('closes the case when Stripe says that it is paid, though no event said so', async () => {
    await aBareCase()
    context.advance(MINUTE)
    stripeHas(paidInvoice(EXPANDED))
    await enrich()

    expect(await theCase()).toMatchObject({ outcome: 'recovered', recovered: 4900 })
  })

  it('asks again later, and later still, while Stripe does not answer', async () => {
    await aBareCase()
    stripeAnswersOnly(503)
    context.advance(MINUTE)
    await enrich()
    const second = (await theCase()).enrich_at?.getTime() ?? 0
    context.advance(60 * MINUTE)
    await enrich()
    const third = (await theCase()).enrich_at?.getTime() ?? 0

    expect(second - context.now().getTime()).toBeLessThan(0)
    expect(third - context.now().getTime()).toBeGreaterThan(30 * MINUTE)
  })

  it('asks once when two workers look at the same time', async () => {
    await aBareCase()
    context.advance(MINUTE)
    const asked = stripeHas(failedInvoice(EXPANDED), { times: 2 })
    await Promise.all([enrich(), enrich()])

    expect(asked.isDone()).toBe(false)
  })
})

describe('what the sweep finds', () => {
  it('leaves a fresh event to its own ring and finds one that was left behind', async () => {
    await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice(CURRENT))
    expect((await pending()).events).toBe(0)

    context.advance(11_000)
    expect((await pending()).events).toBe(1)

    await StripeEvent.query(database.db)
      .where({ workspace_id: workspace.id })
      .patch({ processed_at: context.now(), outcome: 'ignored' })
    expect((await pending()).events).toBe(0)
  })

  it('finds a touch that is due, and a delivery whose worker died', async () => {
    await aBareCase()
    expect((await pending()).deliver).toBe(true)

    context.answers = [() => Promise.reject(new Error('killed'))]
    await deliverTouches(context, { workspaceId: workspace.id }).catch(() => undefined)
    expect((await pending()).deliver).toBe(false)

    context.advance(31_000)
    expect((await pending()).deliver).toBe(true)
  })
})
