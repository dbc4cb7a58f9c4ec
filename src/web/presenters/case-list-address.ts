import type { CaseView } from '../../db/queries/case-list.js'
import type { WantedCases } from '../../recovery/read-case-list.js'
import { isRowId } from '../middleware/row-id.js'

const PATH = '/app/cases'
export const CASE_VIEWS = ['all', 'human', 'open', 'recovered', 'lost', 'forgiven', 'dismissed'] as const
const ORDERS = ['newest', 'oldest', 'largest'] as const

/** What a query string asks for; what it can't mean is left out. */
export function readCaseAddress(query: Readonly<Record<string, unknown>>): WantedCases {
  const { view, q, currency, order, after, before } = query
  const search = typeof q === 'string' ? q.trim() : ''
  return {
    view: CASE_VIEWS.find((each) => each === view) ?? 'all',
    search: search || null,
    currency: typeof currency === 'string' && /^[a-z]{3}$/.test(currency) ? currency : null,
    order: ORDERS.find((each) => each === order) ?? 'newest',
    place: placeOf('after', after) ?? placeOf('before', before),
  }
}

const placeOf = (side: 'after' | 'before', caseId: unknown) => (isRowId(caseId) ? { side, caseId } : null)

/** `/app/cases?view=open&q=ada&after=<id>`: only what differs from the plain list is named. */
export function caseListHref(wanted: WantedCases, path = PATH): string {
  const { view, search, currency, order, place } = wanted
  const query = new URLSearchParams({
    ...(view !== 'all' && { view }),
    ...(search && { q: search }),
    ...(currency && { currency }),
    ...(order !== 'newest' && { order }),
    ...(place && { [place.side]: place.caseId }),
  }).toString()
  return query ? `${path}?${query}` : path
}

export const inView = (wanted: WantedCases, view: CaseView): WantedCases => ({ ...wanted, view, place: null })
