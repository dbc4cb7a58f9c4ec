import type { PaginatedData } from 'resend'
import { invalid } from '../errors.js'

type Query = Readonly<Record<string, string | string[] | undefined>>

/** A list whose items are kept oldest first. */
interface Listed<T> {
  readonly items: readonly T[]
  readonly positionOf: (id: string) => number | undefined
  /** When no limit is asked for; all when absent. */
  readonly defaultLimit?: number
}

/** One page, newest first. Source: resend.com/docs/api-reference/pagination. */
export function pageOf<T>(query: Query, { defaultLimit, items, positionOf }: Listed<T>): PaginatedData<T[]> {
  const limit = limitOf(query.limit) ?? defaultLimit ?? items.length
  const { after, before } = query
  if (after !== undefined && before !== undefined) throw invalid('Only one of `before` and `after` can be used.')
  const position = (cursor: Query[string]) => {
    const found = typeof cursor === 'string' ? positionOf(cursor) : undefined
    if (found === undefined) throw invalid('The pagination cursor is not valid.')
    return found
  }
  // From `low` up to and without `high`.
  const low = before === undefined ? undefined : position(before) + 1
  const high = low !== undefined ? low + limit : after === undefined ? items.length : position(after)
  const from = low ?? Math.max(0, high - limit)
  return {
    object: 'list',
    has_more: low === undefined ? from > 0 : high < items.length,
    data: items.slice(from, high).reverse(),
  }
}

function limitOf(given: Query[string]): number | undefined {
  if (given === undefined) return undefined
  const limit = Number(given)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 100) return limit
  throw invalid(
    'The pagination limit must be a number between 1 and 100. See https://resend.com/docs/pagination for more information.',
  )
}
