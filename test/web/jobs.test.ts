import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { processEventsJob } from '../../jobs/process-events.js'
import { createRing, openQueueStore, type QueueStore } from '../../jobs/queue.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'
import { describeWithRedis } from '../support/redis.js'
import { type SignedInBrowser, signIn } from '../support/signed-in.js'
import { createTestRedis, type TestRedis } from '../support/test-redis.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
const { db } = database

/** What operators see, whichever store the queues are on. */
function behavesAsBoard(open: () => string | null, backend: string) {
  let context: FakeContext
  let store: QueueStore
  let web: TestWeb
  let fernhill: TestWorkspace
  let operator: SignedInBrowser
  let other: SignedInBrowser

  beforeAll(async () => {
    await db('owners').delete()
    store = openQueueStore({ redisUrl: open(), databaseUrl: database.url, log: fakeContext({ db }).log })
    web = await serveApp((appUrl) => {
      context = fakeContext({ db, settings: { appUrl } })
      return context
    }, store)
    fernhill = await aWorkspace(context)
    const tidewater = await aWorkspace(context)
    operator = await signIn(web, context, fernhill.owner)
    other = await signIn(web, context, tidewater.owner)
    const event = await aStoredEvent(context, fernhill, 'invoice.payment_failed', failedInvoice('2026-10-28.endive'))
    await createRing(store, context.log)(processEventsJob, { workspaceId: fernhill.id, eventIds: [event.eventId] })
  })
  afterAll(async () => {
    await web.close()
    await store.close()
  })

  const PAGES = [
    '/jobs',
    '/jobs/',
    '/jobs/queue/events',
    '/jobs/installation',
    '/jobs/api/queues',
    '/jobs/api/queues/events/1',
  ]

  it.each(PAGES)('%s is there for operators', async (path) => {
    const response = await operator.get(path)
    expect(response.status).not.toBe(500)
    if (!path.endsWith('/1')) expect(response.status).toBe(200)
    expect(response.headers.get('Cache-Control')).toBe('no-store')
  })

  it.each(PAGES)('%s is not there for anybody else, like any page that nobody made', async (path) => {
    const nothing = await (await fetch(`${web.url}/nothing`)).text()
    for (const response of [await other.get(path), await fetch(web.url + path, { redirect: 'manual' })]) {
      expect(response.status).toBe(404)
      expect(await response.text()).toBe(nothing)
    }
  })

  it('has the log told of an owner who tries', async () => {
    context.logged.splice(0)
    await other.get('/jobs')
    expect(JSON.parse(context.logged.at(-1) ?? '')).toMatchObject({ route: '/jobs', msg: 'an owner is no operator' })
  })

  it('is not there any more once the session has ended', async () => {
    const leaving = await signIn(web, context, fernhill.owner)
    expect((await leaving.get('/jobs/installation')).status).toBe(200)
    await leaving.post('/sign-out')
    expect((await leaving.get('/jobs/installation')).status).toBe(404)
  })

  it('shows jobs with ids, and nobody’s data', async () => {
    const answer = await (
      await operator.get('/jobs/api/queues?activeQueue=events&status=latest&page=1&jobsPerPage=10')
    ).json()
    const text = JSON.stringify(answer)
    expect(text).toContain('process-events')
    expect(text).toContain(fernhill.id)
    expect(text).not.toMatch(/@|rk_|whsec_|sk_|in_1|cus_/)
  })

  it('retries, cleans and pauses from our own pages only', async () => {
    const put = (path: string, headers: Record<string, string>) =>
      operator.send(path, { method: 'PUT', headers, body: '{}' })
    const ours = { 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/json' }
    expect((await put('/jobs/api/queues/checks/pause', { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
    expect((await put('/jobs/api/queues/checks/pause', {})).status).toBe(403)
    expect(await store.queue('checks').isPaused()).toBe(false)
    expect((await put('/jobs/api/queues/checks/pause', ours)).status).toBe(200)
    expect(await store.queue('checks').isPaused()).toBe(true)
    expect((await put('/jobs/api/queues/checks/resume', ours)).status).toBe(200)
    expect((await put('/jobs/api/queues/checks/clean/completed', ours)).status).toBe(200)
  })

  it.each([
    ['POST', '/jobs/api/queues/events/add'],
    ['PUT', '/jobs/api/queues/events/obliterate'],
    ['PUT', '/jobs/api/queues/events/empty'],
    ['PATCH', '/jobs/api/queues/events/1/update-data'],
    ['PUT', '/jobs/api/queues/upkeep/job-schedulers/sweep/remove'],
  ])('makes or changes no job by hand: %s %s', async (method, path) => {
    const waiting = await store.queue('events').getJobCountByTypes('waiting', 'prioritized')
    const response = await operator.send(path, {
      method,
      headers: { 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'process-events', data: {} }),
    })
    expect(response.status).toBe(404)
    expect(await store.queue('events').getJobCountByTypes('waiting', 'prioritized')).toBe(waiting)
  })

  it('asks nobody else for anything, and runs no inline script', async () => {
    const response = await operator.get('/jobs')
    const html = await response.text()
    expect(html).not.toMatch(/https?:\/\//)
    expect(
      [...html.matchAll(/<script([^>]*)>/g)].filter(
        ([, attributes]) => !/src="static|application\/json/.test(String(attributes)),
      ),
    ).toEqual([])
    expect(response.headers.get('Content-Security-Policy')).toMatch(
      /default-src 'none';object-src 'none';script-src 'self';/,
    )
    const script = /src="(static\/js\/main[^"]+)"/.exec(html)?.[1]
    expect((await operator.get(`/jobs/${script}`)).status).toBe(200)
    expect((await operator.get('/jobs/static/../../package.json')).status).toBe(404)
  })

  it('tells what waits and since when, and that no worker is there', async () => {
    const html = await (await operator.get('/jobs/installation')).text()
    const text = html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
    expect(text).toContain('No worker takes jobs: start one.')
    expect(text).toMatch(/Events to process 1 /)
    expect(text).toContain(`Queues on ${backend}`)
    expect(text).toMatch(/\d+ applied, none pending/)
  })

  it('shows the way there to operators only', async () => {
    expect(await (await operator.get('/app')).text()).toContain('href="/jobs/installation"')
    expect(await (await other.get('/app')).text()).not.toContain('/jobs')
  })
}

describe('the jobs, with queues on Postgres', () => behavesAsBoard(() => null, 'Postgres'))

describeWithRedis('the jobs, with queues on Redis', () => {
  let redis: TestRedis
  beforeAll(async () => {
    redis = await createTestRedis()
    await redis.start()
  })
  afterAll(() => redis?.kill())
  behavesAsBoard(() => redis.url, 'Redis')
})
