import type Stripe from 'stripe'
import { z } from 'zod'
import { Collection } from '../../collection.js'
import { EVENT_TYPES } from '../../event-types.js'
import { isSimulated, VERSIONS } from '../../versions/versions.js'
import { MAX_ENDPOINTS, type WebhookEndpoint } from '../../webhooks/endpoint.js'
import { badRequest, resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import { expand, flag, merged, metadata, oneOf, onlyExpand, page, url } from '../params.js'
import { type ApiCall, route } from '../route.js'

const enabledEvents = z.array(z.enum(['*', ...EVENT_TYPES]))
/** An empty one takes it away. */
const description = z.string().max(5_000).optional()
const apiVersion = oneOf(
  VERSIONS.filter(isSimulated),
  VERSIONS.filter((version) => !isSimulated(version)),
)

const create = route(
  'POST',
  '/v1/webhook_endpoints',
  'webhook_write',
  z.strictObject({
    url,
    enabled_events: enabledEvents,
    api_version: apiVersion.optional(),
    connect: flag.optional(),
    description,
    metadata: metadata.optional(),
    expand: expand.optional(),
  } satisfies Record<keyof Stripe.WebhookEndpointCreateParams, z.ZodType>),
  (call) => {
    const { account, params, webhooks } = call
    demandSecureUrl(call, params.url)
    if (webhooks.endpoints.length >= MAX_ENDPOINTS) {
      const mode = account.livemode ? '' : 'test '
      throw badRequest(`You have reached the maximum of ${MAX_ENDPOINTS} ${mode}webhook endpoints.`)
    }
    const endpoint = webhooks.addEndpoint({
      url: params.url,
      events: params.enabled_events,
      connect: params.connect ?? false,
      description: params.description || null,
      metadata: merged({}, params.metadata ?? {}),
      ...(params.api_version !== undefined && { apiVersion: params.api_version }),
    })
    // Told at creation and never again.
    return { ...asObject(call, endpoint), secret: endpoint.secrets[0]!.value }
  },
)

const retrieve = route('GET', '/v1/webhook_endpoints/:id', 'webhook_read', onlyExpand, (call) =>
  asObject(call, endpointOf(call)),
)

const list = route(
  'GET',
  '/v1/webhook_endpoints',
  'webhook_read',
  z.strictObject(page satisfies Record<keyof Stripe.WebhookEndpointListParams, z.ZodType>),
  (call) => {
    const all = new Collection<WebhookEndpoint>()
    for (const endpoint of call.webhooks.endpoints) all.add(endpoint)
    const found = pageOf('/v1/webhook_endpoints', all, call.params, 'webhook_endpoint', () => true)
    return { ...found, data: found.data.map((endpoint) => asObject(call, endpoint)) }
  },
)

const update = route(
  'POST',
  '/v1/webhook_endpoints/:id',
  'webhook_write',
  z.strictObject({
    url: url.optional(),
    enabled_events: enabledEvents.optional(),
    disabled: flag.optional(),
    description,
    metadata: metadata.optional(),
    expand: expand.optional(),
  } satisfies Record<keyof Stripe.WebhookEndpointUpdateParams, z.ZodType>),
  (call) => {
    const { params } = call
    const endpoint = endpointOf(call)
    if (params.url !== undefined) demandSecureUrl(call, params.url)
    endpoint.url = params.url ?? endpoint.url
    endpoint.events = params.enabled_events ?? endpoint.events
    endpoint.disabled = params.disabled ?? endpoint.disabled
    if (params.description !== undefined) endpoint.description = params.description || null
    if (params.metadata !== undefined) endpoint.metadata = merged(endpoint.metadata, params.metadata)
    return asObject(call, endpoint)
  },
)

const remove = route('DELETE', '/v1/webhook_endpoints/:id', 'webhook_write', z.strictObject({}), (call) => {
  const { id } = endpointOf(call)
  call.webhooks.removeEndpoint(id)
  return { id, object: 'webhook_endpoint', deleted: true } satisfies Stripe.DeletedWebhookEndpoint
})

export const webhookEndpointRoutes = [create, list, retrieve, update, remove]

function endpointOf({ id, webhooks }: ApiCall<unknown>): WebhookEndpoint {
  const endpoint = webhooks.endpoints.find((other) => other.id === id)
  if (!endpoint) throw resourceMissing('webhook endpoint', id, 'id')
  return endpoint
}

function demandSecureUrl({ account }: ApiCall<unknown>, given: string): void {
  if (!account.livemode || given.startsWith('https://')) return
  throw badRequest(`Invalid URL: ${given}. URLs in livemode must begin with "https://"`, 'url')
}

function asObject({ account }: ApiCall<unknown>, endpoint: WebhookEndpoint): Stripe.WebhookEndpoint {
  return {
    id: endpoint.id,
    object: 'webhook_endpoint',
    api_version: endpoint.apiVersion,
    application: null,
    created: endpoint.created,
    description: endpoint.description,
    enabled_events: [...endpoint.events],
    livemode: account.livemode,
    metadata: endpoint.metadata,
    status: endpoint.disabled ? 'disabled' : 'enabled',
    url: endpoint.url,
  }
}
