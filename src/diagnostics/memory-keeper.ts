import type { BillingRecord, Dossier } from '../domain/diagnosis.js'
import type { ListingName } from '../stripe/listings.js'
import { dossiersOf, KIND_OF } from './dossiers.js'
import type { Keeper, Unread } from './read-lists.js'

type Kind = BillingRecord['kind']
type RecordOf<Which extends Kind> = Extract<BillingRecord, { kind: Which }>

/** Keeps what is read in memory: for a run without a database, which begins anew when it is broken off. */
export class MemoryKeeper implements Keeper {
  readonly unread: Unread[] = []
  /** Objects that were read of each list. */
  readonly seen = new Map<ListingName, number>()
  unreadableObjects = 0
  readonly #records = new Map<Kind, Map<string, BillingRecord>>()

  constructor(readonly onPage: () => void = () => undefined) {}

  page(...[slice, { records, seen, unreadable }]: Parameters<Keeper['page']>): Promise<void> {
    for (const record of records) this.#of(record.kind).set(record.id, record)
    this.seen.set(slice.listing, (this.seen.get(slice.listing) ?? 0) + seen)
    this.unreadableObjects += unreadable
    this.onPage()
    return Promise.resolve()
  }

  split(): Promise<void> {
    return Promise.resolve()
  }

  unreadable(unread: Unread): Promise<void> {
    this.unread.push(unread)
    this.#of(KIND_OF[unread.listing]).clear()
    return Promise.resolve()
  }

  dossiers(): Iterable<Dossier> {
    const isUnread = (name: ListingName) => this.unread.some(({ listing }) => listing === name)
    const ended = [...this.#of('subscription').values()].filter(({ endedAt }) => endedAt !== null)
    return dossiersOf(this.#of('invoice').values(), {
      payments: this.#of('payment').values(),
      charges: isUnread('charges') ? null : this.#of('charge').values(),
      intents: this.#of('intent').values(),
      credits: isUnread('credit_notes') ? null : this.#of('credit').values(),
      disputes: this.#of('dispute').values(),
      endedSubscriptions: new Set(ended.map(({ id }) => id)),
    })
  }

  #of<Which extends Kind>(kind: Which): Map<string, RecordOf<Which>> {
    const known = this.#records.get(kind) ?? new Map<string, BillingRecord>()
    this.#records.set(kind, known)
    return known as Map<string, RecordOf<Which>>
  }
}
