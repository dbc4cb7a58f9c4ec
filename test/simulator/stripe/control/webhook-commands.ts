import { z } from 'zod'
import { type Command, command, deliveries, nothing, share, withoutGaps } from '../../control.js'
import type { StripeSimulator } from '../simulator.js'

const endpoint = z.strictObject({
  url: z.url(),
  secret: z.union([z.string(), z.array(z.string())]).optional(),
  apiVersion: z.string().optional(),
  events: z.array(z.string()).optional(),
})

const misfortune = z.strictObject({
  kind: z.enum(['lose', 'duplicate', 'delay']),
  type: z.string().optional(),
  about: z.string().optional(),
  endpoint: z.string().optional(),
  share: share.optional(),
  count: z.number().optional(),
  delayMs: z.number().optional(),
})

const ofEndpoint = z.strictObject({ id: z.string() })

/** Endpoints, what is delivered to them, and what goes wrong on the way. */
export function webhooks({ webhooks }: StripeSimulator): Record<string, Command> {
  return {
    endpoint: command(endpoint, (wanted) => {
      const { apiVersion, events, id, secrets, url } = webhooks.addEndpoint(withoutGaps(wanted))
      return { id, url, apiVersion, events, secrets: secrets.map(({ value }) => value) }
    }),
    'remove-endpoint': command(ofEndpoint, ({ id }) => webhooks.removeEndpoint(id)),
    'disable-endpoint': command(ofEndpoint.extend({ disabled: z.boolean().default(true) }), ({ disabled, id }) => {
      webhooks.endpoint(id).disabled = disabled
    }),
    'roll-secret': command(ofEndpoint.extend({ expiresInMs: z.number().default(0) }), ({ expiresInMs, id }) => ({
      secret: webhooks.rollSecret(id, { expiresInMs }),
    })),
    deliveries: command(deliveries, (options) => webhooks.configure(withoutGaps(options))),
    misfortune: command(misfortune, (wanted) => {
      webhooks.disturb(withoutGaps(wanted))
    }),
    'clear-misfortunes': command(nothing, () => webhooks.clearMisfortunes()),
    resend: command(z.strictObject({ event: z.string(), endpoint: z.string().optional() }), (given) =>
      webhooks.resend(given.event, given.endpoint),
    ),
  }
}
