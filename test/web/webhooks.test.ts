import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { connect } from '../../src/db/knex.js'
import { SigningSecret } from '../../src/db/models/signing-secret.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { type FakeContext, fakeContext, STRIPE_BASE } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'
import { eventOf } from '../support/invoice-shapes.js'
import nock from '../support/nock.js'
import { postEvent, serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()

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
afterAll(() => web.close())

const anEvent = (id = `evt_${randomUUID()}`, livemode = false) =>
  eventOf('invoice.payment_failed', failedInvoice('2026-10-28.endive'), { id, livemode })
const stored = (id: unknown) =>
  StripeEvent.query(database.db).where({ workspace_id: workspace.id, stripe_event_id: String(id) })

describe('a webhook of Stripe', () => {
  it('gets 200 once the event is committed, byte for byte, and rings for it', async () => {
    const event = anEvent()
    const payload = JSON.stringify(event, null, 3)

    const response = await postEvent(web.url, workspace, payload)

    expect(response.status).toBe(200)
    const [row] = await stored(event.id)
    expect(row).toMatchObject({ type: 'invoice.payment_failed', payload, processed_at: null })
    expect(web.rung).toContainEqual({ workspaceId: workspace.id, eventId: row?.id, isFailure: true })
  })

  it('is kept once and rung for once, however often and however close together it arrives', async () => {
    const event = anEvent()
    const responses = await Promise.all(Array.from({ length: 8 }, () => postEvent(web.url, workspace, event)))
    await postEvent(web.url, workspace, event)

    expect(responses.map(({ status }) => status)).toEqual(Array(8).fill(200))
    const rows = await stored(event.id)
    expect(rows).toHaveLength(1)
    expect(web.rung.filter(({ eventId }) => eventId === rows[0]?.id)).toHaveLength(1)
  })

  it('stores every one of many that arrive together, for two workspaces at once', async () => {
    const other = await aWorkspace(context)
    const events = Array.from({ length: 200 }, () => anEvent())
    const responses = await Promise.all(
      events.flatMap((event) => [postEvent(web.url, workspace, event), postEvent(web.url, other, event)]),
    )

    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
    for (const { id } of [workspace, other]) {
      const ids = events.map((event) => String(event.id))
      expect(
        await StripeEvent.query(database.db).where({ workspace_id: id }).whereIn('stripe_event_id', ids).resultSize(),
      ).toBe(200)
    }
  })

  it('takes a payload with an escaped NUL', async () => {
    const event = { ...anEvent(), note: 'a\u0000b' }
    expect((await postEvent(web.url, workspace, event)).status).toBe(200)
  })

  it('accepts both secrets while one rolls over, also one that was saved a moment ago', async () => {
    const secret = 'whsec_rolled_over_just_now'
    await postEvent(web.url, workspace, anEvent())
    await SigningSecret.query(database.db).insert({
      workspace_id: workspace.id,
      connection_id: workspace.connectionId,
      secret_sealed: context.cipher.seal(secret, { workspaceId: workspace.id, field: 'signing_secrets.secret' }),
      last4: 'now',
    })

    expect((await postEvent(web.url, workspace, anEvent(), { secret })).status).toBe(200)
    expect((await postEvent(web.url, workspace, anEvent())).status).toBe(200)
  })

  it('is refused with 404 at a URL that belongs to nobody', async () => {
    expect((await postEvent(web.url, workspace, anEvent(), { token: 'nobody-has-this-token' })).status).toBe(404)
  })

  it('is refused with 400 and counted when the signature is wrong, missing or stale', async () => {
    const before = await StripeConnection.query(database.db).findById(workspace.connectionId).throwIfNotFound()
    const event = anEvent()
    const stale = Math.floor(Date.now() / 1000) - 301

    const answers = [
      await postEvent(web.url, workspace, event, { secret: 'whsec_another' }),
      await postEvent(web.url, workspace, event, { timestamp: stale }),
      await fetch(`${web.url}/webhooks/stripe/${workspace.webhookToken}`, {
        method: 'POST',
        body: JSON.stringify(event),
      }),
    ]

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400])
    expect(await stored(event.id)).toEqual([])
    const after = await StripeConnection.query(database.db).findById(workspace.connectionId).throwIfNotFound()
    expect(after.signature_failures - before.signature_failures).toBe(3)
  })

  it('is refused with 400 when a byte of the body was changed on the way', async () => {
    const payload = JSON.stringify(anEvent())
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: workspace.signingSecret })
    const response = await fetch(`${web.url}/webhooks/stripe/${workspace.webhookToken}`, {
      method: 'POST',
      body: payload.replace('4900', '4901'),
      headers: { 'Stripe-Signature': signature },
    })
    expect(response.status).toBe(400)
  })

  it.each([
    ['no JSON', 'not json'],
    ['no event', { object: 'thing' }],
    ['an id with odd characters', { ...anEvent(), id: 'evt_<script>' }],
    ['an endless type', { ...anEvent(), type: 'x'.repeat(256) }],
    ['of a time that no calendar has', { ...anEvent(), created: 9_000_000_000_000 }],
  ])('is refused with 400 when it is signed but %s', async (_, event) => {
    expect((await postEvent(web.url, workspace, event)).status).toBe(400)
  })

  it.each([
    ['empty', ''],
    ['as long as ours, but no ASCII', 'é'.repeat(64)],
  ])('is refused with 400 when its signature is %s', async (_, v1) => {
    const response = await fetch(`${web.url}/webhooks/stripe/${workspace.webhookToken}`, {
      method: 'POST',
      body: JSON.stringify(anEvent()),
      headers: { 'Stripe-Signature': `t=${Math.floor(Date.now() / 1000)},v1=${v1}` },
    })
    expect(response.status).toBe(400)
  })

  it('is refused with 400 when it is not UTF-8, even if signed as it is misread', async () => {
    const body = Buffer.from(JSON.stringify({ ...anEvent(), note: '?' }))
    body[body.lastIndexOf('?')] = 0xff
    const payload = body.toString('utf8')
    const response = await fetch(`${web.url}/webhooks/stripe/${workspace.webhookToken}`, {
      method: 'POST',
      body,
      headers: {
        'Stripe-Signature': Stripe.webhooks.generateTestHeaderString({ payload, secret: workspace.signingSecret }),
      },
    })
    expect(response.status).toBe(400)
  })

  it('is refused with 400 when it is of the other mode', async () => {
    expect((await postEvent(web.url, workspace, anEvent(undefined, true))).status).toBe(400)
  })

  it('is refused with 413 above one mebibyte', async () => {
    const response = await postEvent(web.url, workspace, { ...anEvent(), padding: 'x'.repeat(1_100_000) })
    expect(response.status).toBe(413)
  })

  it('gets 503 with Retry-After, and nothing else of that kind, when it could not be stored', async () => {
    const nowhere = connect('postgres://nobody@127.0.0.1:1/nothing')
    const lost = await serveApp((appUrl) => fakeContext({ db: nowhere, settings: { appUrl } }))
    try {
      const response = await postEvent(lost.url, workspace, anEvent())
      expect(response.status).toBe(503)
      expect(response.headers.get('Retry-After')).toBe('5')
    } finally {
      await lost.close()
      await nowhere.destroy()
    }
  })

  it('is answered without a call to Stripe or to the mail provider', async () => {
    const anything = nock(STRIPE_BASE).persist().get(/.*/).reply(200, {}).post(/.*/).reply(200, {})
    try {
      expect((await postEvent(web.url, workspace, anEvent())).status).toBe(200)
      expect(anything.activeMocks()).toHaveLength(2)
      expect(anything.isDone()).toBe(false)
      expect(context.calls).toEqual([])
    } finally {
      nock.cleanAll()
    }
  })

  it('never shows its secrets to the log', () => {
    const log = context.logged.join('\n')
    expect(log).not.toContain(workspace.webhookToken)
    expect(log).not.toContain(workspace.signingSecret)
  })
})
