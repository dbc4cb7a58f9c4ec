import type { BillingRecord, Dossier } from '../domain/diagnosis.js'
import type { ListingName } from '../stripe/listings.js'
import { dossiersOf, KIND_OF } from './dossiers.js'
import { type Progress, progressOf, type SliceProgress } from './progress.js'
import type { Keeper, PageRead, Slice, Unread } from './read-lists.js'

type Kind = BillingRecord['kind']
type RecordOf<Which extends Kind> = Extract<BillingRecord, { kind: Which }>

/** Keeps what is read in memory: for a run without a database, which begins anew when it is broken off. */
export class MemoryKeeper implements Keeper {
  readonly unread: Unread[] = []
  /** Objects that could not be understood. */
  unreadableObjects = 0
  readonly #slices = new Map<string, SliceProgress>()
  readonly #records = new Map<Kind, Map<string, BillingRecord>>()

  /** @param onPage told after each page */
  constructor(
    slices: readonly Slice[],
    readonly onPage: (keeper: MemoryKeeper) => void = () => undefined,
  ) {
    for (const slice of slices) this.#slices.set(slice.id, unreadSlice(slice))
  }

  page(slice: Slice, { cursor, isDone, records, seen, unreadable }: PageRead): Promise<void> {
    for (const record of records) this.#of(record.kind).set(record.id, record)
    this.unreadableObjects += unreadable
    const known = this.#slices.get(slice.id) ?? unreadSlice(slice)
    this.#slices.set(slice.id, {
      ...known,
      from: slice.from,
      readDownTo: isDone ? slice.from : (cursor?.createdAt ?? slice.until),
      pages: known.pages + 1,
      seen: known.seen + seen,
    })
    this.onPage(this)
    return Promise.resolve()
  }

  split(slice: Slice, older: Slice): Promise<void> {
    const known = this.#slices.get(slice.id) ?? unreadSlice(slice)
    this.#slices.set(slice.id, { ...known, from: slice.from })
    this.#slices.set(older.id, unreadSlice(older))
    return Promise.resolve()
  }

  progress(): Progress {
    return progressOf([...this.#slices.values()])
  }

  unreadable(unread: Unread): Promise<void> {
    this.unread.push(unread)
    this.#of(KIND_OF[unread.listing]).clear()
    for (const [id, slice] of this.#slices) if (slice.listing === unread.listing) this.#slices.delete(id)
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

const unreadSlice = ({ listing, from, until }: Slice): SliceProgress => ({
  listing,
  from,
  until,
  readDownTo: until,
  pages: 0,
  seen: 0,
})
