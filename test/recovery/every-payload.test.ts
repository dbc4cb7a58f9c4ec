import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { eventOf, failedInvoice, WEBHOOK_SHAPES } from '../support/invoice-shapes.js'
import nock from '../support/nock.js'
import { stripeAnswersOnly } from '../support/stripe-answers.js'
import { postEvent, serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
const folder = process.env.STRIPE_EVENTS_DIR
const files = folder ? readdirSync(folder).filter((file) => file.endsWith('.json')) : []
if (!folder) console.warn('Skipped: real payloads. They need STRIPE_EVENTS_DIR, a folder of Stripe events as JSON.')

let context: FakeContext
let workspace: TestWorkspace
let web: TestWeb

beforeAll(async () => {
  web = await serveApp((appUrl) => {
    context = fakeContext({ db: database.db, settings: { appUrl } })
    return context
  })
  workspace = await aWorkspace(context)
})
afterEach(() => nock.cleanAll())
afterAll(() => web.close())

/** Posts an event as Stripe would and processes it as a worker would. */
async function takeIn(event: Record<string, unknown>): Promise<StripeEvent> {
  const response = await postEvent(web.url, workspace, event)
  expect(response.status).toBe(200)
  const row = await StripeEvent.query(database.db)
    .findOne({ stripe_event_id: String(event.id) })
    .throwIfNotFound()
  stripeAnswersOnly(503)
  await processEvent(context, { workspaceId: workspace.id, eventId: row.id })
  return row.$query(database.db)
}
const caseOf = (invoiceId: string) =>
  RecoveryCase.query(database.db).findOne({ workspace_id: workspace.id, stripe_invoice_id: invoiceId })

describe('a failed renewal, from webhook to case', () => {
  it.each(WEBHOOK_SHAPES)('opens a case in the shape of %s', async (shape) => {
    const id = `in_${randomUUID()}`
    const event = eventOf('invoice.payment_failed', failedInvoice(shape, { id }), { id: `evt_${randomUUID()}` })

    const row = await takeIn(event)

    expect(row).toMatchObject({ outcome: 'processed', detail: 'Opened a case' })
    expect(await caseOf(id)).toMatchObject({ exposure: 4900, currency: 'usd', stripe_subscription_id: 'sub_pro' })
  })
})

const describeWithEvents = folder ? describe : describe.skip

describeWithEvents('real payloads', () => {
  it.each(files.length > 0 ? files : ['none'])('takes %s without an error', async (file) => {
    const event = JSON.parse(readFileSync(join(folder ?? '', file), 'utf8')) as {
      type: string
      data: { object: Record<string, unknown> }
    }
    const id = `in_${randomUUID()}`
    const isInvoice = event.type.startsWith('invoice.')
    const object = { ...event.data.object, livemode: false, ...(isInvoice && { id }) }

    const row = await takeIn({ ...event, id: `evt_${randomUUID()}`, livemode: false, data: { ...event.data, object } })

    expect(['processed', 'ignored']).toContain(row.outcome)
    const isFailure = /payment_failed$|payment_action_required$/.test(event.type) && isInvoice
    expect(Boolean(await caseOf(id))).toBe(isFailure)
  })
})
