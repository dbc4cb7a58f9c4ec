import type { BillingRecord } from '../domain/diagnosis.js'
import { type Stripe, stripeRefusal } from '../stripe/client.js'
import {
  LISTINGS,
  type Listed,
  type Listing,
  type ListingName,
  permissionIn,
  tooManyCalls,
} from '../stripe/listings.js'
import type { Pace } from '../stripe/pace.js'

/** A stretch of one list. Times in seconds since 1970, read from `until` down to `from`. */
export interface Slice {
  readonly id: string
  readonly listing: ListingName
  readonly from: number
  /** Before it, not at it. */
  readonly until: number
  /** How far it was read. */
  readonly cursor: Cursor | null
}

export interface Cursor {
  /** The last object that was read. */
  readonly after: string
  readonly createdAt: number
}

/** What one page of a slice gave. */
export interface PageRead {
  readonly records: readonly BillingRecord[]
  readonly seen: number
  readonly unreadable: number
  readonly cursor: Cursor | null
  readonly isDone: boolean
}

/** Why a list could not be read. */
export interface Unread {
  readonly listing: ListingName
  /** What the key lacks; `null`: Stripe refused for another reason. */
  readonly permission: string | null
}

/** Keeps what is read: each call is one commit, so that a reading can go on from there. */
export interface Keeper {
  page(slice: Slice, page: PageRead): Promise<void>
  /** The older part of a slice that somebody reads becomes one of its own. */
  split(slice: Slice, older: Slice): Promise<void>
  /** What was read of this list counts no more. */
  unreadable(unread: Unread): Promise<void>
}

export interface Reading {
  readonly stripe: Stripe
  readonly pace: Pace
  readonly keeper: Keeper
  /** What is left to read. */
  readonly slices: readonly Slice[]
  readonly wait: (ms: number) => Promise<void>
  readonly stopping: AbortSignal
  /** An id for a slice that comes about. */
  readonly newId: () => string
}

/** A reading ends before its time, and can go on later. */
export class ReadingPaused extends Error {
  constructor(readonly because: 'stopping' | 'unreachable') {
    super(`Reading Stripe's lists was paused: ${because}`)
  }
}

/** The list that nothing can be said without. */
const INDISPENSABLE: readonly ListingName[] = ['invoices', 'payments']

/** Calls under way at once of each list: enough to fill Stripe's rate at the slowness of its lists. */
const AT_ONCE = 8
const PAGE = 100
/** A page of large objects may take Stripe longer than we wait: then the same is asked for in small ones. */
const SMALL_PAGE = 20
/** Shorter stretches are not worth a call of their own. */
const SHORTEST_SECONDS = 120
const REPEATS = 5

/**
 * Reads Stripe's lists in slices of time, several at once, and splits the longest as soon as nobody waits for work: a
 * month whose renewals fall on one day is read as fast as any other. Holds one page a call at a time.
 *
 * @throws ReadingPaused, or what Stripe throws for an indispensable list
 */
export async function readLists(reading: Reading): Promise<void> {
  const failed = new AbortController()
  const errors: unknown[] = []
  const shared: Shared = {
    ...reading,
    stopping: AbortSignal.any([reading.stopping, failed.signal]),
    fail(error) {
      errors.push(error)
      failed.abort()
    },
  }
  await Promise.all(LISTINGS.map((listing) => new ListReading(shared, listing).run()))
  // The first is why the others ended.
  if (errors.length > 0) throw errors[0]
}

interface Shared extends Reading {
  /** Ends all that is being read. */
  fail(error: unknown): void
}

/** A slice while it is read. */
interface Stretch {
  slice: Slice
  /** More pages are known to follow. */
  hasMore: boolean
  /** Its older part is being written down as a slice of its own. */
  splitting: Promise<void> | null
}

/** One list while it is read. */
class ListReading {
  readonly #waiting: Slice[]
  readonly #active = new Set<Stretch>()
  #isSkipped = false
  #end: () => void = () => undefined

  constructor(
    readonly reading: Shared,
    readonly listing: Listing,
  ) {
    this.#waiting = reading.slices.filter((slice) => slice.listing === listing.name)
  }

  /** Ends when nothing of it is under way any more. */
  run(): Promise<void> {
    return new Promise((resolve) => {
      this.#end = resolve
      this.#fill()
    })
  }

  #fill(): void {
    while (!this.#isOver && this.#active.size < AT_ONCE) {
      const next = this.#waiting.shift()
      if (next) this.#begin({ slice: next, hasMore: false, splitting: null })
      else if (!this.#splitLongest()) break
    }
    if (this.#active.size === 0) this.#end()
  }

  get #isOver(): boolean {
    return this.#isSkipped || this.reading.stopping.aborted
  }

  #begin(stretch: Stretch): void {
    this.#active.add(stretch)
    void this.#read(stretch)
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#active.delete(stretch)
        this.#fill()
      })
  }

  #splitLongest(): boolean {
    const stretch = longest([...this.#active].filter(({ hasMore, splitting }) => hasMore && !splitting))
    if (!stretch) return false
    const { from, cursor, until } = stretch.slice
    const middle = Math.floor((from + (cursor?.createdAt ?? until)) / 2)
    const older: Slice = { ...stretch.slice, id: this.reading.newId(), until: middle, cursor: null }
    stretch.slice = { ...stretch.slice, from: middle }
    const split = this.reading.keeper.split(stretch.slice, older)
    stretch.splitting = split
    // Whoever reads the newer part hears of a failure.
    split.then(
      () => {
        stretch.splitting = null
      },
      () => undefined,
    )
    this.#begin({ slice: older, hasMore: false, splitting: split })
    return true
  }

  async #read(stretch: Stretch): Promise<void> {
    await stretch.splitting
    stretch.splitting = null
    for (let isDone = false; !isDone && !this.#isSkipped; ) {
      const { objects, hasMore } = await ask(this.reading, this.listing, stretch.slice)
      if (this.#isSkipped) return
      // Nothing counts as read before what was split off is written down.
      await stretch.splitting
      const { slice } = stretch
      const ours = objects.filter(({ createdAt }) => createdAt >= slice.from)
      const last = ours.at(-1)
      const cursor = last ? { after: last.id, createdAt: last.createdAt } : slice.cursor
      isDone = !hasMore || !last || ours.length < objects.length
      stretch.hasMore = !isDone
      stretch.slice = { ...slice, cursor }
      await this.reading.keeper.page(slice, { ...contentOf(ours), cursor, isDone })
      this.#fill()
    }
  }

  async #failed(error: unknown): Promise<void> {
    const unread = unreadIn(this.listing, error)
    if (!unread) return this.reading.fail(error)
    if (this.#isSkipped) return
    this.#isSkipped = true
    await this.reading.keeper.unreadable(unread).catch((failure: unknown) => this.reading.fail(failure))
  }
}

function longest(stretches: readonly Stretch[]): Stretch | null {
  let best: Stretch | null = null
  for (const stretch of stretches) if (!best || leftOf(stretch) > leftOf(best)) best = stretch
  return best && leftOf(best) >= 2 * SHORTEST_SECONDS ? best : null
}

const leftOf = ({ slice: { cursor, from, until } }: Stretch) => (cursor?.createdAt ?? until) - from

function contentOf(objects: readonly Listed[]): Pick<PageRead, 'records' | 'seen' | 'unreadable'> {
  return {
    records: objects.flatMap(({ records }) => records),
    seen: objects.length,
    unreadable: objects.filter(({ isUnreadable }) => isUnreadable).length,
  }
}

async function ask(
  reading: Shared,
  listing: Listing,
  { from, until, cursor }: Slice,
): Promise<{ objects: Listed[]; hasMore: boolean }> {
  let query = { from, until, after: cursor?.after ?? null, limit: PAGE }
  for (let repeats = 0; ; ) {
    await reading.pace.take(listing.endpoint)
    if (reading.stopping.aborted) throw new ReadingPaused('stopping')
    try {
      const page = await listing.page(reading.stripe, query)
      reading.pace.answered(listing.endpoint)
      return page
    } catch (error) {
      const refusal = stripeRefusal(error)
      if (refusal === 'rate_limited') {
        const { askedMs, isOfAll } = tooManyCalls(error)
        reading.pace.refused(listing.endpoint, askedMs, isOfAll)
      } else if (refusal === 'not_found' && cursor && query.after) {
        // What the page before ended with is gone: from its second on once more.
        query = { ...query, until: Math.min(until, cursor.createdAt + 1), after: null }
      } else if (refusal === 'unreachable' && repeats < REPEATS) {
        repeats += 1
        query = { ...query, limit: SMALL_PAGE }
        await reading.wait(1_000 * 2 ** (repeats - 1))
      } else if (refusal === 'unreachable') {
        throw new ReadingPaused('unreachable')
      } else {
        throw error
      }
    }
  }
}

/** `null`: not a matter of one list. */
function unreadIn({ name, permission }: Listing, error: unknown): Unread | null {
  if (INDISPENSABLE.includes(name)) return null
  const refusal = stripeRefusal(error)
  if (refusal === 'permission_missing') return { listing: name, permission: permissionIn(error) ?? permission }
  return refusal === 'refused' || refusal === 'not_found' ? { listing: name, permission: null } : null
}

/** Slices at the beginning: few enough for a small account, and split where there is much. */
const SLICES_AT_FIRST = 6

export interface Window {
  /** Seconds since 1970. */
  readonly from: number
  readonly until: number
}

/** The whole window of every list, newest first. */
export function firstSlices({ from, until }: Window, newId: () => string): Slice[] {
  const length = Math.ceil((until - from) / SLICES_AT_FIRST)
  return LISTINGS.flatMap(({ name }) =>
    Array.from({ length: SLICES_AT_FIRST }, (_, nth) => ({
      id: newId(),
      listing: name,
      from: Math.max(from, until - (nth + 1) * length),
      until: until - nth * length,
      cursor: null,
    })),
  )
}
