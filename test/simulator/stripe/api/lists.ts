import type Stripe from 'stripe'
import type { Collection } from '../collection.js'
import { pageOfList } from '../objects/wire.js'
import { badRequest, noSuch } from './errors.js'

export interface PageParams {
  readonly limit?: number | undefined
  readonly starting_after?: string | undefined
  readonly ending_before?: string | undefined
}

/** One page, newest first, of what passes the filter. */
export function pageOf<T extends { readonly id: string }>(
  url: string,
  collection: Collection<T>,
  params: PageParams,
  kind: string,
  passes: (item: T) => boolean,
): Stripe.ApiList<T> {
  const { limit = 10, starting_after: after, ending_before: before } = params
  if (after !== undefined && before !== undefined) {
    throw badRequest('You cannot parameterize both starting_after and ending_before.', 'starting_after')
  }
  for (const [param, cursor] of Object.entries({ starting_after: after, ending_before: before })) {
    if (cursor !== undefined && !collection.get(cursor)) throw noSuch(kind, cursor, param)
  }
  const walk = before === undefined ? collection.newestFirst(after) : collection.newerThan(before)
  const found: T[] = []
  for (const item of walk) {
    if (!passes(item)) continue
    found.push(item)
    if (found.length > limit) break
  }
  const data = found.slice(0, limit)
  return pageOfList(url, before === undefined ? data : data.reverse(), found.length > limit)
}
