import { setTimeout as sleep } from 'node:timers/promises'
import { Delivery } from '../../src/db/models/delivery.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { findPending } from '../../src/recovery/find-pending.js'
import type { Site } from './site.js'

/** What is left to do, by kind. */
export type Left = Readonly<Record<string, number>>

const LOOK_EVERY_MS = 250

/**
 * Waits until nothing that could be done now is left: webhooks delivered, events processed, due touches sent, fates of
 * mails known.
 *
 * @returns what is left after all that time, or `null`
 */
export async function settle(site: Site, withinMs: number): Promise<Left | null> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const left = await leftAt(site).catch((error: unknown): Left => {
      if (isGone(error)) return { 'Postgres is down': 1 }
      throw error
    })
    if (Object.keys(left).length === 0) return null
    if (performance.now() > deadline) return left
    await sleep(LOOK_EVERY_MS)
  }
}

/** Connections that break or are refused, and SQLSTATE class 57 (operator intervention): it may still be coming back. */
const isGone = (error: unknown) =>
  /^57|^E(CONN|PIPE)/.test((error as { code?: string }).code ?? '') || /terminated/.test(String(error))

async function leftAt({ context, simulators }: Site): Promise<Left> {
  const { db } = context
  const [pending, events, deliveries] = await Promise.all([
    findPending(context),
    StripeEvent.query(db).whereNull('processed_at').resultSize(),
    Delivery.query(db).where({ answered_at: null, dissolved_at: null, abandoned_at: null }).resultSize(),
  ])
  const counts = {
    webhooks: simulators.stripe.webhooks.pending(),
    events,
    deliveries,
    'due touches': pending.deliver.length + pending.check.length,
    'facts to fetch': pending.enrich.length,
    cards: pending.cards.length,
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}
