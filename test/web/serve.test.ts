import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openQueueStore, type QueueStore } from '../../jobs/queue.js'
import type { Running } from '../../src/shutdown.js'
import { serve } from '../../src/web/serve.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { eventually } from '../support/eventually.js'
import { aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'
import { freePort } from '../support/free-port.js'
import { eventOf } from '../support/invoice-shapes.js'
import { postEvent } from '../support/web.js'

const database = useDatabase()
let context: FakeContext
let store: QueueStore
let web: Running
let workspace: TestWorkspace
let url: string

beforeAll(async () => {
  const port = await freePort()
  url = `http://localhost:${port}`
  context = fakeContext({ db: database.db, settings: { appUrl: url } })
  store = openQueueStore({ redisUrl: null, databaseUrl: database.url, log: context.log })
  web = await serve(context, store, port)
  workspace = await aWorkspace(context)
})
afterAll(async () => {
  await web.stop()
  await store.close()
})

const post = (id: string) =>
  postEvent(url, workspace, eventOf('invoice.payment_failed', failedInvoice('2026-10-28.endive'), { id }))
const waiting = () => store.queue('events').getWaitingCount()

describe('serving', () => {
  it('rings once for each new event, also after nothing but duplicates came', async () => {
    await post('evt_a')
    await eventually(async () => (await waiting()) === 1)
    await Promise.all([post('evt_a'), post('evt_a')])
    await post('evt_b')

    await eventually(async () => (await waiting()) === 2)
  })

  it('says which port is taken and what to do', async () => {
    await expect(serve(context, store, Number(new URL(url).port))).rejects.toThrow(/Port \d+ is taken.*PORT/)
  })
})
