import Router from '@koa/router'
import type Koa from 'koa'
import { z } from 'zod'
import {
  type Command,
  command,
  commandRoute,
  deliveries,
  fault,
  formNumber,
  nothing,
  share,
  withoutGaps,
} from '../control.js'
import { DOMAIN_STATUSES } from './domains.js'
import { EVENT_TYPES } from './events.js'
import { FATES } from './fates.js'
import type { MailSimulator } from './simulator.js'
import { deliveryRow, stateOf } from './state.js'

/** What a drill in another process can do to the mail provider, and see of it. */
export function mailControl(simulator: MailSimulator): Koa.Middleware[] {
  const router = new Router()
  const { calls, inbox, webhooks } = simulator
  // `?after=<n>`: those beyond the first n, for somebody who polls.
  const beyond = <T>(list: readonly T[], { after }: Koa.Context['query']) => list.slice(Number(after ?? 0))
  router.get('/_control/state', (ctx) => {
    ctx.body = stateOf(simulator)
  })
  router.get('/_control/mails', (ctx) => {
    ctx.body = beyond(inbox.mails, ctx.query)
  })
  router.get('/_control/delivered', (ctx) => {
    ctx.body = beyond(inbox.delivered, ctx.query)
  })
  router.get('/_control/deliveries', (ctx) => {
    ctx.body = beyond(webhooks.deliveries, ctx.query).map(deliveryRow)
  })
  router.get('/_control/calls', (ctx) => {
    ctx.body = beyond(calls, ctx.query)
  })
  const commands = {
    ...mailCommands(simulator),
    ...fateCommands(simulator),
    ...webhookCommands(simulator),
    ...surroundings(simulator),
  }
  return [router.routes() as unknown as Koa.Middleware, commandRoute(commands)]
}

const ofMail = z.strictObject({ mail: z.string() })
const address = z.string().min(1)
const switched = z.strictObject({ on: z.union([z.boolean(), z.stringbool()]) })
const visit = ofMail.extend({
  link: z.preprocess((value) => (value === '' ? undefined : value), z.string().optional()),
  userAgent: z.string().optional(),
  ip: z.string().optional(),
})

function mailCommands(simulator: MailSimulator): Record<string, Command> {
  return {
    bounce: command(ofMail.extend({ kind: z.enum(['permanent', 'transient']).optional() }), ({ kind, mail }) =>
      simulator.bounce(mail, kind),
    ),
    complain: command(ofMail, ({ mail }) => simulator.complain(mail)),
    hurry: command(ofMail, ({ mail }) => simulator.hurry(mail)),
    open: command(visit.omit({ link: true }), ({ mail, ...visitor }) => simulator.open(mail, withoutGaps(visitor))),
    click: command(visit, ({ link, mail, ...visitor }) => simulator.click(mail, link, withoutGaps(visitor))),
    noticed: command(visit, ({ link, mail, ...visitor }) => simulator.noticed(mail, link, withoutGaps(visitor))),
    clear: command(nothing, () => simulator.inbox.clear()),
  }
}

const fates = z.strictObject({
  bounces: share.optional(),
  complaints: share.optional(),
  delays: share.optional(),
  delayMs: z.number().min(0).optional(),
})

function fateCommands(simulator: MailSimulator): Record<string, Command> {
  return {
    fate: command(z.strictObject({ address, fate: z.enum(FATES) }), (given) =>
      simulator.fates.set(given.address, given.fate),
    ),
    'unset-fate': command(z.strictObject({ address }), (given) => simulator.fates.unset(given.address)),
    'clear-fates': command(nothing, () => simulator.fates.clear()),
    shares: command(fates, (given) => simulator.fates.configure(withoutGaps(given))),
    tracking: command(switched, ({ on }) => {
      simulator.tracking = on
    }),
  }
}

const endpoint = z.strictObject({
  url: z.url(),
  secret: z.union([z.string(), z.array(z.string())]).optional(),
  events: z.array(z.enum(EVENT_TYPES)).optional(),
})

function webhookCommands(simulator: MailSimulator): Record<string, Command> {
  const { webhooks } = simulator
  const known = (id: string) => {
    const found = webhooks.get(id)
    if (!found) throw new Error(`No such endpoint: ${id}`)
    return found
  }
  const ofEndpoint = z.strictObject({ id: z.string() })
  return {
    endpoint: command(endpoint, (wanted) => simulator.addWebhookEndpoint(withoutGaps(wanted))),
    'remove-endpoint': command(ofEndpoint, ({ id }) => webhooks.removeEndpoint(known(id))),
    'rotate-secret': command(ofEndpoint, ({ id }) => ({ secret: webhooks.rotateSecret(known(id)) })),
    deliveries: command(deliveries, (options) => webhooks.configure(withoutGaps(options))),
    replay: command(z.strictObject({ event: z.string() }), ({ event }) => webhooks.replay(event)),
  }
}

function surroundings(simulator: MailSimulator): Record<string, Command> {
  const { clock, domains, faults, keys, rate } = simulator
  return {
    key: command(
      z.strictObject({
        access: z.enum(['full_access', 'sending_access']).optional(),
        key: z.string().optional(),
        domain: z.string().optional(),
      }),
      ({ access, domain, key }) => ({ key: simulator.addKey(access, key, domain) }),
    ),
    'revoke-key': command(z.strictObject({ key: z.string() }), ({ key }) => {
      keys.delete(key)
    }),
    domain: command(z.strictObject({ name: z.string(), status: z.enum(DOMAIN_STATUSES) }), ({ name, status }) =>
      domains.setStatus(name, status),
    ),
    'strict-domains': command(switched, ({ on }) => {
      simulator.strictDomains = on
    }),
    'rate-limit': command(z.strictObject({ perSecond: z.union([z.null(), formNumber]) }), ({ perSecond }) => {
      rate.perSecond = perSecond ?? undefined
    }),
    fault: command(fault, (wanted) => {
      faults.add(withoutGaps(wanted))
    }),
    'clear-faults': command(nothing, () => faults.clear()),
    advance: command(z.strictObject({ ms: z.number().min(0) }), ({ ms }) => clock.advance(ms)),
  }
}
