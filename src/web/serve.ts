import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRing, type QueueStore } from '../../jobs/queue.js'
import { ringForEvents } from '../../jobs/ring-for-events.js'
import type { Context } from '../context.js'
import { listen } from '../listen.js'
import { createEventReceiver, type StoredEvent } from '../recovery/receive-events.js'
import type { Running } from '../shutdown.js'
import { createApp } from './app.js'

/**
 * The first ring goes out at once; under load those that follow gather for a moment. On Postgres BullMQ makes two temporary
 * tables for each call that adds jobs, which costs more than all the jobs in it.
 */
const BETWEEN_RINGS_MS = 100

/**
 * Serves the web application. Stopping closes the door, answers what was accepted, commits what was gathered and gives
 * the last rings their time.
 *
 * @throws StartError when the port is taken
 */
export async function serve(context: Context, store: QueueStore, port: number): Promise<Running> {
  const ring = createRing(store, context.log)
  const stored: StoredEvent[] = []
  let ringing: Promise<void> | null = null
  /** One ring at a time: what is stored meanwhile goes with the next, and a queue that hangs holds up one only. */
  async function ringForStored() {
    try {
      while (stored.length > 0) {
        await ringForEvents(ring, stored.splice(0))
        await context.wait(BETWEEN_RINGS_MS)
      }
    } finally {
      ringing = null
    }
  }
  const receiver = createEventReceiver(context, (events) => {
    stored.push(...events)
    if (stored.length > 0) ringing ??= ringForStored() // A batch of duplicates has nothing to ring for.
  })
  const answer = createApp(context, receiver, ring, store).callback()
  const server = createServer((request, response) => {
    // While it stops: the last answer on a kept connection, which would go on bringing requests.
    if (!server.listening) response.shouldKeepAlive = false
    void answer(request, response)
  })
  // Whoever sends a request slower than this is no browser and not Stripe.
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000
  await listen(server, port, 'PORT')
  return {
    async stop() {
      const closed = once(server, 'close')
      server.close()
      const sweeping = setInterval(() => server.closeIdleConnections(), 50)
      await closed
      clearInterval(sweeping)
      await receiver.drain()
      await ringing
    },
  }
}
