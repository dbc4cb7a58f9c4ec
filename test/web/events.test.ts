import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { failEvent, processEvent } from '../../src/recovery/process-event.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'
import { withoutData } from '../support/seen.js'
import { type SignedInBrowser, signIn } from '../support/signed-in.js'
import { stripeAnswersOnly } from '../support/stripe-answers.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
const SECOND = 1_000

let context: FakeContext
let web: TestWeb
let workspace: TestWorkspace
let browser: SignedInBrowser

beforeAll(async () => {
  nock.disableNetConnect()
  nock.enableNetConnect('localhost')
  web = await serveApp((appUrl) => {
    context = fakeContext({ db: database.db, settings: { appUrl } })
    return context
  })
})
beforeEach(async () => {
  stripeAnswersOnly(503)
  workspace = await aWorkspace(context)
  browser = await signIn(web, context, workspace.owner)
  web.rings.length = 0
})
afterEach(() => nock.cleanAll())
afterAll(async () => {
  await web.close()
  nock.enableNetConnect()
})

const stored = (type: string, object: Record<string, unknown>) => aStoredEvent(context, workspace, type, object)
const failure = () => stored('invoice.payment_failed', failedInvoice('2026-10-28.endive'))
const theCase = () => RecoveryCase.query(database.db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
const plain = (html: string) =>
  withoutData(html)
    .replace(/<title>.*?<\/title>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
const read = async (path = '/app/events') => (await browser.get(path)).text()
const said = async (path?: string) => plain(await read(path))
const rows = (html: string) => html.match(/<tr>/g)?.length ?? 0
const row = (eventId: string) => StripeEvent.query(database.db).findOne({ id: eventId }).throwIfNotFound()

async function aFailedEvent() {
  const event = await failure()
  await failEvent(context, event, 'Stripe sent an invoice without a currency')
  return event
}

/** So many that a page is full, the newest last. */
async function manyEvents(count: number) {
  await database.db.raw(
    `insert into stripe_events
       (workspace_id, connection_id, stripe_event_id, type, occurred_at, payload, received_at, processed_at, outcome, detail)
     select ?, ?, 'evt_' || n, 'customer.created', now(), '{}', ?::timestamptz + (n / 2) * interval '1 second', now(),
            'ignored', 'Number ' || n || '.'
     from generate_series(1, ?) n`,
    [workspace.id, workspace.connectionId, context.now(), count],
  )
}

describe('the list of events', () => {
  it('says that nothing came yet', async () => {
    expect(await said()).toContain('Stripe has not sent anything yet. Check that the endpoint is enabled in Stripe.')
    expect(await said()).toContain('Not yet compared with Stripe’s own list of events.')
  })

  it('says of each what it did, and leads to its case', async () => {
    await processEvent(context, await failure())
    context.advance(5 * SECOND)
    await processEvent(context, await stored('customer.created', { object: 'customer', id: 'cus_1' }))
    await aFailedEvent()
    context.advance(2 * SECOND)

    const html = await read()
    expect(plain(html)).toMatch(
      /7s ago Invoice payment failed invoice\.payment_failed Processed Opened a case Ada Example/,
    )
    expect(plain(html)).toContain('Ignored No recovery step depends on this kind of event')
    expect(plain(html)).toContain('Failed Stripe sent an invoice without a currency')
    const { id } = await theCase()
    expect(html).toContain(`href="/app/cases/${id}"`)
  })

  it('offers a replay of what failed or was ignored, and of nothing else', async () => {
    await processEvent(context, await failure())
    const ignored = await stored('customer.created', { object: 'customer', id: 'cus_1' })
    await processEvent(context, ignored)
    const failed = await aFailedEvent()
    await failure()

    const posts = [...(await read()).matchAll(/action="\/app\/events\/([^/]*)\/replay"/g)].map(([, id]) => id)
    expect(posts.sort()).toEqual([ignored.eventId, failed.eventId].sort())
  })

  it('filters, and counts what failed and what waits', async () => {
    const failed = await aFailedEvent()
    await processEvent(context, await stored('customer.created', { object: 'customer', id: 'cus_1' }))
    await failure()

    const html = await read('/app/events?only=failed')
    expect(rows(html)).toBe(2)
    expect(html).toContain(`/app/events/${failed.eventId}/replay?only=failed`)
    expect(plain(html)).toMatch(/All Failed 1 Ignored Processed Waiting 1/)
    expect(rows(await read('/app/events?only=waiting'))).toBe(2)
    expect(await said('/app/events?only=processed')).toContain('No event matches this filter.')
    expect(rows(await read('/app/events?only=constructor&only=failed'))).toBe(4)
  })

  it('shows a hundred a page, each event on one page', async () => {
    await manyEvents(250)
    const numbers = (html: string) => [...withoutData(html).matchAll(/Number (\d+)\./g)].map(([, n]) => Number(n))
    const seen: number[] = []
    let path: string | undefined = '/app/events?only=ignored'
    for (let pages = 0; path && pages < 5; pages += 1) {
      const html = await read(path)
      seen.push(...numbers(html))
      path = /<a href="([^"]*before=[^"]*)">Older/.exec(html)?.[1]?.replaceAll('&amp;', '&')
    }
    expect(seen).toHaveLength(250)
    expect(new Set(seen).size).toBe(250)
    expect(numbers(await read())).toHaveLength(100)
    expect(numbers(await read())[0]).toBeGreaterThanOrEqual(249)
  })

  it('leads from a change of a subscription to its case, while there is no doubt which', async () => {
    await processEvent(context, await failure())
    const { stripe_subscription_id } = await theCase()
    const change = { object: 'subscription', id: stripe_subscription_id, status: 'past_due', customer: 'cus_1' }
    await processEvent(context, await stored('customer.subscription.updated', change))
    const linked = async () => plain(await read()).match(/Updated the case Ada Example/g)?.length ?? 0
    expect(await linked()).toBe(1)

    const another = { ...failedInvoice('2026-10-28.endive'), id: 'in_another' }
    await processEvent(context, await stored('invoice.payment_failed', another))
    expect(await linked()).toBe(0)
  })

  it('marks what no webhook brought', async () => {
    const { eventId } = await failure()
    context.advance(2 * SECOND)
    await StripeEvent.query(database.db).where({ id: eventId }).patch({ backfilled_at: context.now() })

    expect(await said()).toContain('Backfilled: no webhook brought it.')
  })

  it('shows nothing of another workspace, wherever its pages are asked to begin', async () => {
    const mine = workspace
    workspace = await aWorkspace(context)
    const theirs = await stored('customer.created', { object: 'customer', id: 'cus_theirs' })
    workspace = mine

    expect(rows(await read())).toBe(0)
    await failure()
    expect(rows(await read(`/app/events?before=${theirs.eventId}`))).toBe(0)
    expect(rows(await read('/app/events?before=nonsense'))).toBe(2)
  })

  it('tells how the inbox and Stripe’s own list stand, and what could not be verified', async () => {
    const { id: workspace_id, connectionId: connection_id } = workspace
    const hour = 3_600_000
    const ago = (hours: number) => new Date(context.now().getTime() - hours * hour)
    await database
      .db('stripe_connections')
      .where({ id: connection_id })
      .update({
        events_checked_until: ago(1),
        signature_failures: 2,
        signature_failed_at: ago(3),
      })
    await database.db('event_checks').insert({
      workspace_id,
      connection_id,
      from_at: ago(5),
      to_at: ago(1),
      began_at: ago(1),
      ended_at: ago(1),
      events_seen: 10,
      events_missing: 3,
      failure: 'permission_missing',
    })

    const text = await said()
    expect(text).toContain('Everything that Stripe lists up to')
    expect(text).toContain('3 events that no webhook brought were fetched from that list, the last 1h ago.')
    expect(text).toContain('The last comparison broke off. The key may not read events.')
    expect(text).toContain('2 webhooks could not be verified, the last 3h ago')
  })
})

describe('the replay of an event', () => {
  it('has it processed again, says so once, and comes back to the same page', async () => {
    const { eventId, workspaceId } = await aFailedEvent()

    const response = await browser.post(`/app/events/${eventId}/replay?only=failed`)

    expect([response.status, response.headers.get('Location')]).toEqual([303, '/app/events?only=failed'])
    expect(web.rings).toEqual([{ job: 'process-events', payload: { workspaceId, eventIds: [eventId] } }])
    expect(await row(eventId)).toMatchObject({ processed_at: null, replayed_by: workspace.owner.id })
    expect(await said()).toContain('The event is processed again.')
    const text = await said()
    expect(text).not.toContain('The event is processed again.')
    expect(text).toContain('You replayed it under 1s ago')
    expect(text).toContain('Waiting It is processed within seconds')
  })

  it('rings once, however often it is pressed', async () => {
    const { eventId } = await aFailedEvent()
    await browser.post(`/app/events/${eventId}/replay`)
    await browser.post(`/app/events/${eventId}/replay`)

    expect(web.rings).toHaveLength(1)
    expect(await said()).toContain('This event waits to be processed already.')
  })

  it('is nobody’s but the owner’s: signed out, another owner, another site, or a mere link', async () => {
    const { eventId } = await aFailedEvent()
    const path = `/app/events/${eventId}/replay`
    const other = await aWorkspace(context)
    const theirs = await signIn(web, context, other.owner)

    const signedOut = await fetch(web.url + path, { method: 'POST', redirect: 'manual', headers: { Origin: web.url } })
    expect([signedOut.status, signedOut.headers.get('Location')]).toEqual([302, '/sign-in'])
    expect((await theirs.post(path)).status).toBe(404)
    expect((await browser.post(path, {}, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
    expect((await browser.post(path, {}, { Origin: 'https://evil.example' })).status).toBe(403)
    expect((await browser.get(path)).status).toBe(404)
    expect((await browser.post(`/app/events/${randomUUID()}/replay`)).status).toBe(404)
    expect((await browser.post('/app/events/1/replay')).status).toBe(404)

    expect(await row(eventId)).toMatchObject({ outcome: 'failed', replayed_at: null })
    expect(web.rings).toEqual([])
  })
})
