import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import type { QueueStore } from '../../jobs/queue.js'
import type { Context } from '../../src/context.js'
import { createEventReceiver, type StoredEvent } from '../../src/recovery/receive-events.js'
import { createApp } from '../../src/web/app.js'
import type { TestWorkspace } from './factories.js'
import { aRing } from './rings.js'

/** The web application on a port of its own, with what it rang for. */
export interface TestWeb {
  readonly url: string
  readonly rung: StoredEvent[]
  /** What the owner's actions rang for. */
  readonly rings: { job: string; payload: unknown }[]
  readonly server: Server
  close(): Promise<void>
}

/** For tests that look at no queue. */
const noQueues: QueueStore = {
  backend: 'Postgres',
  migrate: async () => undefined,
  close: async () => undefined,
  queue: () => {
    throw new Error('This test has no queues')
  },
  worker: () => {
    throw new Error('This test has no workers')
  },
}

/** Serves the context's application under `http://localhost:<port>`, which becomes its `APP_URL`. */
export async function serveApp(makeContext: (appUrl: string) => Context, store = noQueues): Promise<TestWeb> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  const context = makeContext(url)
  const rung: StoredEvent[] = []
  const receiver = createEventReceiver(context, (events) => rung.push(...events))
  const rings: TestWeb['rings'] = []
  const ring = aRing((job, payload) => void rings.push({ job: job.name, payload }))
  server.on('request', createApp(context, receiver, ring, store).callback())
  return {
    url,
    rung,
    rings,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Posts an event as Stripe does: signed over the raw body. */
export async function postEvent(
  url: string,
  workspace: Pick<TestWorkspace, 'webhookToken' | 'signingSecret'>,
  event: unknown,
  { secret = workspace.signingSecret, timestamp = Math.floor(Date.now() / 1000), token = workspace.webhookToken } = {},
): Promise<Response> {
  const payload = typeof event === 'string' ? event : JSON.stringify(event)
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })
  return fetch(`${url}/webhooks/stripe/${token}`, {
    method: 'POST',
    body: payload,
    headers: { 'Stripe-Signature': signature, 'Content-Type': 'application/json' },
  })
}
