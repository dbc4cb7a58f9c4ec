import type { Clock } from '../clock.js'
import type { Ids } from '../ids.js'
import { Collection } from './collection.js'
import { EventTexts } from './event-texts.js'
import { namedByAccount } from './objects/customer-account.js'
import type { Store } from './store.js'
import { CURRENT_VERSION } from './versions/versions.js'

/** What a payload from before basil names on the object itself and the current shape does not. */
export interface EventRelations {
  readonly invoice?: string | undefined
  readonly payment_intent?: string | undefined
  readonly charge?: string | undefined
}

export interface ApiRequest {
  readonly id: string | null
  readonly idempotency_key: string | null
}

interface EventFacts {
  readonly id: string
  readonly type: string
  readonly created: number
  readonly madeAt: number
  readonly apiVersion: string
  readonly objectId: string
  readonly relations: EventRelations
  readonly request: ApiRequest
}

/** Stripe lists and tells events of the last 30 days. Source: docs.stripe.com/api/events */
const KEPT_MS = 30 * 24 * 3600 * 1000

const NO_RELATIONS: EventRelations = {}
const NOBODY: readonly string[] = []

export class RecordedEvent {
  readonly id: string
  readonly type: string
  /** Seconds. */
  readonly created: number
  /** In the clock's elapsed milliseconds: an event ages by what is skipped, too. */
  readonly madeAt: number
  /** The account's own at that moment: how the event list shows it ever after. */
  readonly apiVersion: string
  readonly objectId: string
  readonly relations: EventRelations
  readonly request: ApiRequest
  /** Endpoints that have not taken it yet, by id. */
  untaken: readonly string[] = NOBODY
  readonly #texts: EventTexts
  readonly #number: number

  constructor(facts: EventFacts, texts: EventTexts, number: number) {
    this.id = facts.id
    this.type = facts.type
    this.created = facts.created
    this.madeAt = facts.madeAt
    this.apiVersion = facts.apiVersion
    this.objectId = facts.objectId
    this.relations = facts.relations
    this.request = facts.request
    this.#texts = texts
    this.#number = number
  }

  /** The object as it was at that moment, in JSON of the current shape. */
  get objectJson(): string {
    return this.#texts.get(this.#number).objectJson
  }

  get previousJson(): string | undefined {
    return this.#texts.get(this.#number).previousJson
  }

  get pendingWebhooks(): number {
    return this.untaken.length
  }

  takenBy(endpoint: string): void {
    const left = this.untaken.filter((id) => id !== endpoint)
    this.untaken = left.length > 0 ? left : NOBODY
  }

  /** Its JSON will be read soon. `release` must follow. */
  hold(): void {
    this.#texts.hold(this.#number)
  }

  release(): void {
    this.#texts.release(this.#number)
  }
}

type Listener = (event: RecordedEvent) => void

/** What happened in the account, and who wants to hear of it. */
export class EventLog {
  readonly events = new Collection<RecordedEvent>()
  /** The API call under way: events that it causes name it. */
  request: ApiRequest = { id: null, idempotency_key: null }
  /** The account's default: what events are made in. */
  apiVersion = CURRENT_VERSION

  readonly #clock: Clock
  readonly #ids: Ids
  readonly #store: Store
  readonly #texts = new EventTexts()
  readonly #listeners: Listener[] = []

  constructor(clock: Clock, ids: Ids, store: Store) {
    this.#clock = clock
    this.#ids = ids
    this.#store = store
  }

  onEvent(listener: Listener): void {
    this.#listeners.push(listener)
  }

  /**
   * `created` never decreases, whatever the clock is set to. Of a customer that is known by an account alone, this API
   * has no events: they are v2's.
   */
  emit(type: string, object: { readonly id: string; readonly object: string }, previous?: object): void {
    if (this.#store.customerAccounts.has(object.id)) return
    const { newest } = this.events
    const facts = {
      id: this.#ids.next('evt', object.id),
      type,
      created: Math.max(newest?.created ?? 0, this.#clock.seconds()),
      madeAt: Math.max(newest?.madeAt ?? 0, this.#clock.elapsed()),
      apiVersion: this.apiVersion,
      objectId: object.id,
      relations: this.#relationsOf(object),
      request: this.request,
    }
    const text = {
      objectJson: JSON.stringify(this.#asNamed(object)),
      previousJson: previous && JSON.stringify(previous),
    }
    const event = this.events.add(new RecordedEvent(facts, this.#texts, this.#texts.add(text)))
    for (const listener of this.#listeners) listener(event)
  }

  /** Those that Stripe still tells of, made at `from` or later and before `until` (seconds). */
  kept(from = 0, until = Number.POSITIVE_INFINITY): Collection<RecordedEvent> {
    const oldest = this.#clock.elapsed() - KEPT_MS
    return this.events.between(
      ({ created, madeAt }) => created >= from && madeAt >= oldest,
      ({ created }) => created >= until,
    )
  }

  isKept({ madeAt }: RecordedEvent): boolean {
    return madeAt >= this.#clock.elapsed() - KEPT_MS
  }

  #asNamed(object: object): object {
    const accounts = this.#store.customerAccounts
    const known = accounts.size > 0 && 'customer' in object && accounts.has(String(object.customer))
    return known ? namedByAccount(object, accounts) : object
  }

  #relationsOf({ id, object }: { readonly id: string; readonly object: string }): EventRelations {
    if (object === 'invoice') {
      const intent = this.#store.intentOf(id)
      return { payment_intent: intent?.id, charge: intent?.latest_charge ?? undefined }
    }
    if (object === 'payment_intent') return { invoice: this.#store.invoiceOf(id) }
    if (object === 'charge') {
      const charge = this.#store.charges.get(id)
      return { invoice: charge && this.#store.invoiceOf(charge.payment_intent) }
    }
    return NO_RELATIONS
  }
}
