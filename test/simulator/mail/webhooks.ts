import type { WebhookEvent } from 'resend'
import type { Clock } from '../clock.js'
import { Courier, type CourierDelivery, type CourierOptions, type Letter } from '../courier.js'
import type { Ids } from '../ids.js'
import type { ToldEvent } from './postman.js'
import { checkSecret, secretFor, signatureHeaders } from './signing.js'

export interface MailEndpoint {
  readonly id: string
  url: string
  /** The newest first: several while one is being rolled, and each signs. */
  secrets: readonly string[]
  /** The types that it wants; null for all. */
  events: readonly WebhookEvent[] | null
  status: 'enabled' | 'disabled'
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

export interface NewMailEndpoint {
  readonly url: string
  /** `whsec_` and base64; one made up when absent. Several: each signs. */
  readonly secret?: string | readonly string[]
  /** All when absent. */
  readonly events?: readonly WebhookEvent[]
}

export type MailDelivery = CourierDelivery<ToldEvent, MailEndpoint>

/** Source: resend.com/docs/api-reference/webhooks/rotate-signing-secret. */
const OLD_SECRET_MS = 24 * 3600 * 1000

/** The team's webhook endpoints, and what they are told of its mails. */
export class MailWebhooks {
  /** Oldest first. */
  readonly endpoints: MailEndpoint[] = []
  readonly #courier: Courier<ToldEvent, MailEndpoint>
  readonly #clock: Clock
  readonly #ids: Ids
  readonly #seed: string

  constructor({ clock, ids, seed }: { clock: Clock; ids: Ids; seed: string }, options: CourierOptions = {}) {
    this.#clock = clock
    this.#ids = ids
    this.#seed = seed
    const write = (event: ToldEvent, endpoint: MailEndpoint) => letterOf(event, endpoint, clock.seconds())
    this.#courier = new Courier({ seed, now: () => clock.now(), write }, options)
  }

  /** Oldest first. */
  get deliveries(): readonly MailDelivery[] {
    return this.#courier.deliveries
  }

  /** Those that tell of one mail, oldest first. */
  deliveriesOf(mail: string): readonly MailDelivery[] {
    return this.deliveries.filter(({ event }) => event.payload.data.email_id === mail)
  }

  configure(options: Omit<CourierOptions, 'timeoutMs' | 'concurrency'>): void {
    this.#courier.configure(options)
  }

  addEndpoint({ url, secret, events }: NewMailEndpoint): MailEndpoint {
    const id = this.#ids.uuid('webhook')
    const secrets = secret === undefined ? [secretFor(`${this.#seed}/${id}`)] : [secret].flat().map(checkSecret)
    const endpoint: MailEndpoint = {
      id,
      url,
      secrets,
      events: events ?? null,
      status: 'enabled',
      createdAt: this.#clock.now(),
    }
    this.endpoints.push(endpoint)
    return endpoint
  }

  get(id: string): MailEndpoint | undefined {
    return this.endpoints.find((endpoint) => endpoint.id === id)
  }

  /** What is under way to a disabled endpoint fails. */
  update(endpoint: MailEndpoint, changes: Partial<Pick<MailEndpoint, 'url' | 'events' | 'status'>>): void {
    Object.assign(endpoint, changes)
    if (endpoint.status === 'disabled') this.#courier.drop(endpoint)
  }

  removeEndpoint(endpoint: MailEndpoint): void {
    this.endpoints.splice(this.endpoints.indexOf(endpoint), 1)
    this.#courier.drop(endpoint)
  }

  /** Gives the new secret. The old one signs beside it for 24 hours of the provider's clock. */
  rotateSecret(endpoint: MailEndpoint): string {
    const [old, ...older] = endpoint.secrets
    const secret = secretFor(`${this.#seed}/${endpoint.id}/${old}`)
    endpoint.secrets = [secret, ...(old === undefined ? [] : [old]), ...older]
    this.#clock.after(OLD_SECRET_MS, () => {
      endpoint.secrets = endpoint.secrets.filter((other) => other !== old)
    })
    return secret
  }

  tell(event: ToldEvent): void {
    for (const endpoint of this.endpoints) if (wants(endpoint, event)) this.#courier.send(event, endpoint)
  }

  /** Tells every endpoint that wants it once more, as the dashboard's *replay* does. `id` is that of the event. */
  replay(id: string): void {
    const event = this.deliveries.find((delivery) => delivery.event.id === id)?.event
    if (!event) throw new Error(`No endpoint was told of such an event: ${id}`)
    for (const endpoint of this.endpoints) if (wants(endpoint, event)) this.#courier.repeat(event, endpoint)
  }

  pending(): number {
    return this.#courier.pending()
  }

  /** Resolves when nothing is under way any more. */
  settled(): Promise<void> {
    return this.#courier.settled()
  }

  start(): void {
    this.#courier.start()
  }

  stop(): void {
    this.#courier.stop()
  }
}

function wants(endpoint: MailEndpoint, { payload }: ToldEvent): boolean {
  return endpoint.status === 'enabled' && (endpoint.events === null || endpoint.events.includes(payload.type))
}

function letterOf({ id, payload }: ToldEvent, { secrets }: MailEndpoint, seconds: number): Letter {
  const body = JSON.stringify(payload)
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Svix-Webhooks/1.77.0',
      ...signatureHeaders(id, body, secrets, seconds),
    },
  }
}
