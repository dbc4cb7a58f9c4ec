import type Router from '@koa/router'
import type {
  CreateWebhookResponseSuccess,
  GetWebhookResponseSuccess,
  ListWebhooksResponseSuccess,
  RemoveWebhookResponseSuccess,
  RotateWebhookSigningSecretResponseSuccess,
  UpdateWebhookResponseSuccess,
  Webhook,
  WebhookEvent,
} from 'resend'
import { invalidField, type Json, missing, objectOf } from '../fields.js'
import { demandFullAccess } from '../keys.js'
import type { MailSimulator } from '../simulator.js'
import { timestamp } from '../timestamp.js'
import type { MailEndpoint } from '../webhooks.js'
import { parse, textOf } from './body.js'
import { found } from './ids.js'
import { pageOf } from './paging.js'

const PAGE = 20

export function webhookRoutes(router: Router, { webhooks }: MailSimulator): void {
  const byId = (id: string) => webhooks.get(id)
  router.post('/webhooks', async (ctx) => {
    demandFullAccess(ctx.state.key)
    const json = objectOf(parse(await textOf(ctx)), ['endpoint', 'events'])
    for (const field of ['endpoint', 'events']) if (json[field] === undefined) throw missing(field)
    const endpoint = webhooks.addEndpoint({ url: urlOf(json), events: eventsOf(json) })
    ctx.status = 201
    ctx.body = {
      object: 'webhook',
      id: endpoint.id,
      signing_secret: endpoint.secrets[0] ?? '',
    } satisfies CreateWebhookResponseSuccess
  })
  router.get('/webhooks', (ctx) => {
    demandFullAccess(ctx.state.key)
    const positionOf = (id: string) => {
      const position = webhooks.endpoints.findIndex((endpoint) => endpoint.id === id)
      return position < 0 ? undefined : position
    }
    const { data, ...page } = pageOf(ctx.query, { items: webhooks.endpoints, positionOf, defaultLimit: PAGE })
    ctx.body = { ...page, data: data.map(asWebhook) } satisfies ListWebhooksResponseSuccess
  })
  router.get('/webhooks/:id', (ctx) => {
    demandFullAccess(ctx.state.key)
    const endpoint = found(ctx.params.id, 'Webhook', byId)
    ctx.body = {
      object: 'webhook',
      ...asWebhook(endpoint),
      signing_secret: endpoint.secrets[0] ?? '',
    } satisfies GetWebhookResponseSuccess
  })
  router.patch('/webhooks/:id', async (ctx) => {
    demandFullAccess(ctx.state.key)
    const endpoint = found(ctx.params.id, 'Webhook', byId)
    const json = objectOf(parse(await textOf(ctx)), ['endpoint', 'events', 'status'])
    webhooks.update(endpoint, {
      ...(json.endpoint !== undefined && { url: urlOf(json) }),
      ...(json.events !== undefined && { events: eventsOf(json) }),
      ...(json.status !== undefined && { status: statusOf(json) }),
    })
    ctx.body = { object: 'webhook', id: endpoint.id } satisfies UpdateWebhookResponseSuccess
  })
  router.delete('/webhooks/:id', (ctx) => {
    demandFullAccess(ctx.state.key)
    const endpoint = found(ctx.params.id, 'Webhook', byId)
    webhooks.removeEndpoint(endpoint)
    ctx.body = { object: 'webhook', id: endpoint.id, deleted: true } satisfies RemoveWebhookResponseSuccess
  })
  router.post('/webhooks/:id/signing-secret/rotate', (ctx) => {
    demandFullAccess(ctx.state.key)
    const endpoint = found(ctx.params.id, 'Webhook', byId)
    ctx.body = {
      object: 'webhook',
      id: endpoint.id,
      signing_secret: webhooks.rotateSecret(endpoint),
    } satisfies RotateWebhookSigningSecretResponseSuccess
  })
}

function asWebhook({ createdAt, events, id, status, url }: MailEndpoint): Webhook {
  return { id, created_at: timestamp(createdAt), status, endpoint: url, events: events && [...events] }
}

function urlOf({ endpoint }: Json): string {
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) throw invalidField('endpoint', 'It must be a URL.')
  return endpoint
}

/** Resend has more types than those of sent mails: they can be asked for, and never come. */
function eventsOf({ events }: Json): WebhookEvent[] {
  if (!Array.isArray(events) || events.length === 0 || !events.every((type) => isEventType(type))) {
    throw invalidField('events', 'It must be an array of event types.')
  }
  return events
}

function isEventType(type: unknown): type is WebhookEvent {
  return typeof type === 'string' && /^(email|contact|domain|suppression|topic|inbox)\.[a-z_.]+$/.test(type)
}

function statusOf({ status }: Json): 'enabled' | 'disabled' {
  if (status !== 'enabled' && status !== 'disabled') throw invalidField('status', 'It must be enabled or disabled.')
  return status
}
