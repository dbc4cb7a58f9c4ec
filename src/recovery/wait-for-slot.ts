import type { Context } from '../context.js'
import { takeMailSlot } from '../db/queries/mail-slots.js'
import type { Mailer } from '../mail/mailer.js'

/** Two calls a second for each provider key, over all workers: the lowest limit that Resend ever named. */
const SPACING_MS = 500
/** A pause longer than this is not sat out: the sweep rings again. */
export const LONGEST_WAIT_MS = 10_000

/** @returns whether the slot was waited for; otherwise it lies too far ahead, or the process stops */
export async function waitForSlot(context: Context, { providerKey }: Pick<Mailer, 'providerKey'>): Promise<boolean> {
  const now = context.now()
  const pace = { spacingMs: SPACING_MS, withinMs: LONGEST_WAIT_MS, now }
  const slot = await takeMailSlot(context.db, providerKey, pace)
  if (!slot) return false
  await context.wait(Math.max(0, slot.getTime() - now.getTime()))
  return !context.stopping.aborted
}
