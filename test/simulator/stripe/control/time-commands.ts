import { z } from 'zod'
import { type Command, command, nothing } from '../../control.js'
import { History } from '../../history/history.js'
import { truthOf } from '../../history/truth.js'
import type { StripeSimulator } from '../simulator.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const UNITS = { minutes: 60_000, hours: HOUR, days: DAY } as const

const history = z.strictObject({
  days: z.number().min(1).max(3_650),
  customers: z.number().int().min(1).max(100_000).optional(),
  growth: z.number().min(0).optional(),
  failures: z.number().min(0).max(1).optional(),
})

/** The clock, and what can be done with time. */
export function timeCommands(simulator: StripeSimulator): Record<string, Command> {
  const { clock } = simulator.account
  return {
    'next-retry': command(nothing, () => ({ ran: clock.advanceToNext() })),
    /** Real milliseconds, as the clock's own waits are after its speed. */
    advance: command(z.strictObject({ ms: z.number().min(0) }), ({ ms }) => clock.advance(ms)),
    /** Time as life counts it: on a fast clock a day is soon over. */
    'move-clock': command(
      z.strictObject({ amount: z.coerce.number().min(0).max(10_000), unit: z.enum(['minutes', 'hours', 'days']) }),
      ({ amount, unit }) => clock.advance(clock.shortened(amount * UNITS[unit])),
    ),
    'set-clock': command(z.strictObject({ at: z.iso.datetime() }), ({ at }) => clock.setTo(Date.parse(at))),
    'release-clock': command(nothing, () => clock.release()),
    /** The days before now, lived through. Gives what truly happened. */
    history: command(history, ({ days, ...options }) => {
      const until = clock.now()
      const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
      const past = new History(simulator, { from: until - days * DAY, until, ...given })
      while (past.step());
      past.end()
      return truthOf(simulator.account)
    }),
  }
}
