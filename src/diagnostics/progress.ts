import { sum } from '../domain/sum.js'
import { LISTINGS, type ListingName } from '../stripe/listings.js'

/** How far one slice was read: of its seconds, from the end down. */
export interface SliceProgress {
  readonly listing: ListingName
  /** Seconds since 1970. */
  readonly from: number
  readonly until: number
  readonly readDownTo: number
  readonly pages: number
  readonly seen: number
}

export interface Progress {
  /** 0 to 1 of the pages that there seem to be. */
  readonly share: number
  /** Objects read, and about how many there are; by list. */
  readonly lists: readonly {
    readonly listing: ListingName
    readonly seen: number
    readonly about: number
    readonly isDone: boolean
  }[]
  readonly slices: number
  readonly slicesDone: number
}

/** How far a reading has come: what a list gave for the time that was read is taken for the rest of it. */
export function progressOf(slices: readonly SliceProgress[]): Progress {
  const lists = LISTINGS.map(({ name: listing }) => {
    const its = slices.filter((slice) => slice.listing === listing)
    const whole = sum(its, ({ from, until }) => until - from)
    const read = sum(its, ({ readDownTo, until }) => until - readDownTo)
    const covered = whole === 0 ? 1 : read / whole
    const [pages, seen] = [sum(its, (slice) => slice.pages), sum(its, (slice) => slice.seen)]
    return {
      listing,
      seen,
      covered,
      pages,
      about: covered > 0 ? Math.round(seen / covered) : seen,
      isDone: read >= whole,
    }
  })
  // Of a list that nothing is known of yet, as much is expected as of an average one.
  const known = lists.filter(({ covered }) => covered > 0)
  const average = known.length === 0 ? 1 : sum(known, ({ covered, pages }) => pages / covered) / known.length
  const expected = sum(lists, ({ covered, pages }) => (covered > 0 ? pages / covered : average))
  const done = sum(lists, ({ pages }) => pages)
  return {
    share: expected === 0 ? 1 : Math.min(1, done / expected),
    lists: lists.map(({ listing, seen, about, isDone }) => ({ listing, seen, about, isDone })),
    slices: slices.length,
    slicesDone: slices.filter(({ from, readDownTo }) => readDownTo <= from).length,
  }
}
