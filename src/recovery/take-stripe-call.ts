import type { Context } from '../context.js'
import { spendStripeCall } from '../db/queries/spend-stripe-call.js'

/**
 * Takes a call to Stripe out of a connection's budget, and waits for a later second while this one's is spent.
 *
 * @param limit calls a second
 * @param withinMs how long may be waited; 0: now or not at all
 * @returns whether there was one, and the process goes on
 */
export async function takeStripeCall(
  context: Context,
  connectionId: string,
  { limit, withinMs }: { limit: number; withinMs: number },
): Promise<boolean> {
  const giveUpAt = context.now().getTime() + withinMs
  while (!context.stopping.aborted) {
    const now = context.now()
    if (await spendStripeCall(context.db, connectionId, limit, now)) return true
    if (now.getTime() >= giveUpAt) return false
    await context.wait(1_000 - (now.getTime() % 1_000))
  }
  return false
}
