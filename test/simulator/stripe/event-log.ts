import type { Clock } from '../clock.js'
import type { Ids } from '../ids.js'
import { Collection } from './collection.js'
import type { Store } from './store.js'

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

export interface RecordedEvent {
  readonly id: string
  readonly type: string
  /** Seconds. */
  readonly created: number
  readonly objectId: string
  /** The object as it was at that moment, in JSON of the current shape. */
  readonly objectJson: string
  readonly previousJson: string | undefined
  readonly relations: EventRelations
  readonly request: ApiRequest
  /** Endpoints that have not taken it yet. */
  pendingWebhooks: number
}

type Listener = (event: RecordedEvent) => void

/** What happened in the account, and who wants to hear of it. */
export class EventLog {
  readonly events = new Collection<RecordedEvent>()
  /** The API call under way: events that it causes name it. */
  request: ApiRequest = { id: null, idempotency_key: null }

  readonly #clock: Clock
  readonly #ids: Ids
  readonly #store: Store
  readonly #listeners: Listener[] = []

  constructor(clock: Clock, ids: Ids, store: Store) {
    this.#clock = clock
    this.#ids = ids
    this.#store = store
  }

  onEvent(listener: Listener): void {
    this.#listeners.push(listener)
  }

  emit(type: string, object: { readonly id: string; readonly object: string }, previous?: object): RecordedEvent {
    const event: RecordedEvent = {
      id: this.#ids.next('evt', object.id),
      type,
      created: this.#clock.seconds(),
      objectId: object.id,
      objectJson: JSON.stringify(object),
      previousJson: previous && JSON.stringify(previous),
      relations: this.#relationsOf(object),
      request: this.request,
      pendingWebhooks: 0,
    }
    this.events.add(event)
    for (const listener of this.#listeners) listener(event)
    return event
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
    return {}
  }
}
