import type { z } from 'zod'
import type { Account } from '../account.js'
import type { PortalSessions } from '../portal-sessions.js'
import type { WebhookSender } from '../webhooks/sender.js'

/** What an API route is given besides its parameters. */
export interface ApiContext {
  readonly account: Account
  readonly sessions: PortalSessions
  readonly webhooks: WebhookSender
}

export interface ApiCall<P> extends ApiContext {
  /** The `:id` of the path; empty where there is none. */
  readonly id: string
  readonly params: P
}

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** As Koa's router takes it. */
  readonly path: string
  /** Such as `invoice_read`; null when any key will do. */
  readonly permission: string | null
  /** Every parameter that the SDK's type of the call has, and no other. */
  readonly schema: z.ZodType
  /** Gives the object of the answer, unexpanded and in the current shape. Throws StripeApiError. */
  readonly handle: (call: ApiCall<never>) => object
}

/** Ties a handler's parameters to its schema. */
export function route<S extends z.ZodType>(
  method: ApiRoute['method'],
  path: string,
  permission: string | null,
  schema: S,
  handle: (call: ApiCall<z.output<S>>) => object,
): ApiRoute {
  return { method, path, permission, schema, handle }
}
