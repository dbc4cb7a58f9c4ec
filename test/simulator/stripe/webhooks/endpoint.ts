import { createHmac } from 'node:crypto'

export interface WebhookEndpoint {
  readonly id: string
  readonly url: string
  /** Several while one is being rolled: each signs. */
  readonly secrets: readonly string[]
  readonly apiVersion: string
  /** `['*']` or the types that it wants. */
  readonly events: readonly string[]
}

export interface NewWebhookEndpoint {
  readonly url: string
  /** One made up when absent. */
  readonly secret?: string | readonly string[]
  readonly apiVersion?: string
  readonly events?: readonly string[]
}

export function wants(endpoint: WebhookEndpoint, type: string): boolean {
  return endpoint.events.includes('*') || endpoint.events.includes(type)
}

/** `t=…,v1=…` over the raw body, `seconds` being the moment of this attempt. */
export function signatureHeader(body: string, secrets: readonly string[], seconds: number): string {
  const signatures = secrets.map((secret) => {
    const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
    return `v1=${signature}`
  })
  return [`t=${seconds}`, ...signatures].join(',')
}
