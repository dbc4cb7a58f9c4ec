import type Koa from 'koa'
import { z } from 'zod'
import { command, commandRoute, fault, nothing, withoutGaps } from '../control.js'
import type { MailSimulator } from './simulator.js'

/** What a drill in another process can do to the mail provider. Its mails are at `GET /_control/mails`. */
export function mailControl(simulator: MailSimulator): Koa.Middleware {
  return commandRoute({
    key: command(
      z.strictObject({
        access: z.enum(['full_access', 'sending_access']).optional(),
        key: z.string().optional(),
      }),
      ({ access, key }) => ({ key: simulator.addKey(access, key) }),
    ),
    'rate-limit': command(z.strictObject({ perSecond: z.number().nullable() }), ({ perSecond }) => {
      simulator.rate.perSecond = perSecond ?? undefined
    }),
    fault: command(fault, (wanted) => {
      simulator.faults.add(withoutGaps(wanted))
    }),
    'clear-faults': command(nothing, () => simulator.faults.clear()),
    clear: command(nothing, () => simulator.inbox.clear()),
  })
}
