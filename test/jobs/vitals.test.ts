import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { openQueueStore, type QueueStore } from '../../jobs/queue.js'
import { serveVitals } from '../../jobs/serve-vitals.js'
import { connect } from '../../src/db/knex.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { type FakeContext, fakeContext, STRIPE_BASE } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'
import { freePort } from '../support/free-port.js'
import { eventOf } from '../support/invoice-shapes.js'
import nock from '../support/nock.js'
import { postEvent, serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
const TOKEN = 'a-token-for-metrics-only-0123456789'

let context: FakeContext
let workspace: TestWorkspace
let store: QueueStore
let web: TestWeb

beforeAll(() => {
  store = openQueueStore({ databaseUrl: database.url, redisUrl: null, log: fakeContext({ db: database.db }).log })
})
afterAll(() => store.close())

beforeEach(async () => {
  await database.db('owners').delete()
})

async function serving(test: () => Promise<void>, { db = database.db, queues = store, metricsToken = TOKEN } = {}) {
  web = await serveApp((appUrl) => {
    context = fakeContext({ db, settings: { appUrl, metricsToken: metricsToken || null } })
    return context
  }, queues)
  try {
    await test()
  } finally {
    await web.close()
  }
}

const ask = async (path: string, token?: string) => {
  const answer = await fetch(`${web.url}${path}`, { headers: token ? { Authorization: `Bearer ${token}` } : {} })
  return { status: answer.status, text: await answer.text() }
}
const readiness = async () => {
  const { status, text } = await ask('/readyz')
  return { status, ...(JSON.parse(text) as object) }
}
/** Of one line, by its beginning. */
const figure = async (line: string) => {
  const { text } = await ask('/metrics', TOKEN)
  return text
    .split('\n')
    .find((one) => one.startsWith(`${line} `))
    ?.slice(line.length + 1)
}
const anEvent = (id: string) =>
  eventOf('invoice.payment_failed', failedInvoice('2026-10-28.endive', { id: `in_${id}` }), {
    id,
    created: Math.floor(Date.now() / 1_000),
  })
const SOUND = { status: 200, ready: true, database: 'ok', migrations: 'ok', queue: 'ok' }

describe('whether a process is ready', () => {
  it('is told with what it rests on, and how old the oldest unprocessed event is', () =>
    serving(async () => {
      expect(await readiness()).toEqual({ ...SOUND, oldestUnprocessedEventSeconds: 0 })
      workspace = await aWorkspace(context)
      await postEvent(web.url, workspace, anEvent('evt_left'))
      context.advance(90_000)
      expect(await readiness()).toEqual({ ...SOUND, oldestUnprocessedEventSeconds: 90 })
    }))

  it('is denied while the database lacks what this version needs, not while it is ahead', () =>
    serving(async () => {
      const { db } = database
      const newest = await db('knex_migrations').orderBy('id', 'desc').first()
      await db('knex_migrations').where({ id: newest.id }).delete()
      expect(await readiness()).toMatchObject({ status: 503, ready: false, database: 'ok', migrations: 'missing' })
      await db('knex_migrations').insert(newest)
      expect(await readiness()).toMatchObject(SOUND)
    }))

  it('is denied while the database does not answer', async () => {
    const gone = connect(`postgres://nobody@127.0.0.1:${await freePort()}/nothing`)
    await serving(
      async () => {
        expect(await readiness()).toEqual({
          ...{ status: 503, ready: false, database: 'does not answer', migrations: 'unknown', queue: 'ok' },
          oldestUnprocessedEventSeconds: null,
        })
        expect((await ask('/healthz')).status).toBe(200)
      },
      { db: gone },
    )
    await gone.destroy()
  })

  it('is not denied for a queue that is gone: events are taken and wait', async () => {
    const redisUrl = `redis://127.0.0.1:${await freePort()}`
    const queues = openQueueStore({ databaseUrl: database.url, redisUrl, log: context.log })
    await serving(
      async () => {
        expect(await readiness()).toMatchObject({ ...SOUND, queue: 'does not answer' })
        expect(await figure('secondloop_events_unprocessed')).toBe('0')
        expect((await ask('/metrics', TOKEN)).text).not.toContain('secondloop_queue_jobs{')
      },
      { queues },
    )
    await queues.close()
  })
})

describe('the figures of a process', () => {
  it('are for whoever has the token', () =>
    serving(async () => {
      expect((await ask('/metrics')).status).toBe(401)
      expect((await ask('/metrics', `${TOKEN}x`)).status).toBe(401)
      expect((await ask('/metrics', TOKEN)).status).toBe(200)
    }))

  it('are nowhere without one', () =>
    serving(
      async () => {
        expect((await ask('/metrics', TOKEN)).status).toBe(404)
      },
      { metricsToken: '' },
    ))

  it('follow an event from the webhook to the first mail', () =>
    serving(async () => {
      workspace = await aWorkspace(context)
      nock(STRIPE_BASE).persist().get(/.*/).reply(503)
      await postEvent(web.url, workspace, anEvent('evt_1'))
      await postEvent(web.url, workspace, anEvent('evt_1'))
      await postEvent(web.url, workspace, anEvent('evt_2'), { secret: 'whsec_wrong' })
      await postEvent(web.url, workspace, anEvent('evt_3'), { token: 'nobodys' })
      expect(await figure('secondloop_webhooks_total{result="accepted"}')).toBe('1')
      expect(await figure('secondloop_webhooks_total{result="duplicate"}')).toBe('1')
      expect(await figure('secondloop_webhooks_total{result="unverified"}')).toBe('1')
      expect(await figure('secondloop_webhooks_total{result="refused"}')).toBe('1')
      expect(await figure('secondloop_webhook_duration_seconds_count')).toBe('4')

      context.advance(7_000)
      expect(await figure('secondloop_events_unprocessed')).toBe('1')
      expect(await figure('secondloop_oldest_unprocessed_event_seconds')).toBe('7')
      const { id: eventId } = await StripeEvent.query(database.db).findOne({}).throwIfNotFound()
      await processEvent(context, { workspaceId: workspace.id, eventId })
      expect(await figure('secondloop_events_unprocessed')).toBe('0')
      expect(await figure('secondloop_event_lag_seconds_sum')).toBe('7')
      expect(await figure('secondloop_stripe_calls_total{resource="invoices",status="503"}')).toBe('1')

      context.advance(5_000)
      expect(await figure('secondloop_touches_overdue')).toBe('1')
      expect(await figure('secondloop_oldest_overdue_touch_seconds')).toBe('5')
      await deliverTouches(context, { workspaceId: workspace.id })
      expect(await figure('secondloop_touches_overdue')).toBe('0')
      expect(await figure('secondloop_mail_calls_total{result="answered"}')).toBe('1')
      expect(await figure('secondloop_touches_total{kind="first"}')).toBe('1')
      expect(await figure('secondloop_first_touch_seconds_sum')).toBe('12')
      nock.cleanAll()
    }))

  it('show how long the lines in the queues are, and name nothing of a tenant', () =>
    serving(async () => {
      workspace = await aWorkspace(context)
      const queue = store.queue('checks')
      await queue.add('nothing', {}, { delay: 60_000 })
      expect(await figure('secondloop_queue_jobs{queue="checks",state="delayed"}')).toBe('1')
      await queue.obliterate({ force: true })
      const { text } = await ask('/metrics', TOKEN)
      expect(text).not.toMatch(new RegExp(`${workspace.id}|@|${workspace.webhookToken}`))
      for (const [, name = '', kind] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
        expect(name).toMatch(/^secondloop_[a-z_]+$/)
        expect(name.endsWith('_total')).toBe(kind === 'counter')
      }
    }))
})

describe('a worker with a port', () => {
  it('answers there until it stops', async () => {
    const port = await freePort()
    const running = await serveVitals(fakeContext({ db: database.db }), store, port)
    const url = `http://127.0.0.1:${port}/readyz`
    expect((await fetch(url)).status).toBe(200)
    await expect(serveVitals(context, store, port)).rejects.toThrow(/WORKER_PORT/)
    await running.stop()
    await expect(fetch(url)).rejects.toThrow()
  })
})
