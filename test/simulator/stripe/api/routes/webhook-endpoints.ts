import { z } from 'zod'
import { pageOfList } from '../../objects/wire.js'
import type { WebhookEndpoint } from '../../webhooks/endpoint.js'
import { resourceMissing } from '../errors.js'
import { expand, metadata, page } from '../params.js'
import { type ApiCall, route } from '../route.js'

const create = route(
  'POST',
  '/v1/webhook_endpoints',
  'webhook_write',
  z.strictObject({
    url: z.url(),
    enabled_events: z.array(z.string()),
    api_version: z.string().optional(),
    description: z.string().optional(),
    metadata: metadata.optional(),
    expand: expand.optional(),
  }),
  (call) => {
    const { api_version: apiVersion, enabled_events: events, url } = call.params
    const endpoint = call.webhooks.addEndpoint({ url, events, ...(apiVersion !== undefined && { apiVersion }) })
    // The secret is told once, at creation.
    return { ...asObject(call, endpoint), secret: endpoint.secrets[0] }
  },
)

const list = route('GET', '/v1/webhook_endpoints', 'webhook_read', z.strictObject(page), (call) =>
  pageOfList(
    '/v1/webhook_endpoints',
    call.webhooks.endpoints.map((endpoint) => asObject(call, endpoint)),
  ),
)

const remove = route('DELETE', '/v1/webhook_endpoints/:id', 'webhook_write', z.strictObject({}), ({ id, webhooks }) => {
  if (!webhooks.endpoints.some((endpoint) => endpoint.id === id)) throw resourceMissing('webhook endpoint', id, 'id')
  webhooks.removeEndpoint(id)
  return { id, object: 'webhook_endpoint', deleted: true }
})

export const webhookEndpointRoutes = [create, list, remove]

function asObject({ account }: ApiCall<unknown>, endpoint: WebhookEndpoint) {
  return {
    id: endpoint.id,
    object: 'webhook_endpoint',
    api_version: endpoint.apiVersion,
    application: null,
    created: account.clock.seconds(),
    description: null,
    enabled_events: endpoint.events,
    livemode: account.livemode,
    metadata: {},
    status: 'enabled',
    url: endpoint.url,
  }
}
