import type { Knex } from 'knex'
import type { QueryBuilder } from 'objection'
import type { Outcome } from '../../domain/case.js'
import type { Db } from '../knex.js'
import type { Row } from '../models/row.js'

/** Which cases a list shows: all, the open ones, those that need a human, or those that ended in one way. */
export type CaseView = 'all' | 'open' | 'human' | Outcome

/** By the time of opening, or by exposure: that one only within one currency. */
export type CaseOrder = 'newest' | 'oldest' | 'largest'

/** Of the cases of a connection. */
export interface CaseFilter {
  readonly workspaceId: string
  readonly connectionId: string
  /** ISO code in lower case; `null`: every currency. */
  readonly currency: string | null
  /** What a customer's name or mail address, or the number of an invoice begins with, or an id of Stripe's. */
  readonly search: string | null
}

/** A place in a list: after or before a case, which is not in the page itself. */
export interface CasePlace {
  readonly side: 'after' | 'before'
  readonly caseId: string
}

interface PageWanted extends CaseFilter {
  readonly view: CaseView
  /** The cases that need a human. */
  readonly human: readonly string[]
  readonly order: CaseOrder
  /** `null`: the first page. */
  readonly place: CasePlace | null
  /** The search is known to match more than `COUNTED_AT_MOST`. */
  readonly isBroad: boolean
  readonly limit: number
}

/** So much of a name or an address is looked at, as the indexes have it. */
export const SEARCHED_LENGTH = 100

/** More matches of a search than these are not counted. */
export const COUNTED_AT_MOST = 10_000

/** Ids in the order of the list. A place that is no case of the connection has nothing on either side. */
export async function caseIdsOfPage(db: Db, wanted: PageWanted): Promise<string[]> {
  const { workspaceId, connectionId, order, place, limit, view, search } = wanted
  if (view === 'human' && wanted.human.length === 0) return []
  const key = order === 'largest' ? 'exposure' : 'opened_at'
  const isBackwards = place?.side === 'before'
  const isDescending = (order === 'oldest') === isBackwards
  const direction = isDescending ? 'desc' : 'asc'

  const inOrder = `${key} ${direction}, id ${direction}`
  const list = matching(db, { ...wanted, search: null }).modify(inView, view, wanted.human)
  if (place) {
    void list.whereRaw(
      `(${key}, id) ${isDescending ? '<' : '>'} (
         select ${key}, id from recovery_cases where workspace_id = ? and connection_id = ? and id = ?)`,
      [workspaceId, connectionId, place.caseId],
    )
  }
  const page = search === null ? list : searched(db, list, search, wanted.isBroad, key, inOrder)
  void page.orderByRaw(inOrder).limit(limit).select('id')
  const ids = (await page).map(({ id }: { id: string }) => id)
  return isBackwards ? ids.reverse() : ids
}

/**
 * What matches everywhere is soon met in the order of the list; what is rare is found first and then put in order.
 * Postgres can't tell which is which, so each way is fenced: by a limit that nothing reaches, or by a table of its own.
 */
function searched(
  db: Db,
  list: Knex.QueryBuilder,
  search: string,
  isBroad: boolean,
  key: string,
  inOrder: string,
): Knex.QueryBuilder {
  return isBroad
    ? db.from(list.orderByRaw(inOrder).limit(Number.MAX_SAFE_INTEGER).select('*').as('list')).modify(found, search)
    : db.withMaterialized('list', list.modify(found, search).select('id', key)).from('list')
}

/** How many cases of a currency stand so. */
export interface CaseCount {
  readonly currency: string
  /** `null`: open. */
  readonly outcome: Outcome | null
  readonly cases: number
}

/**
 * The cases that a filter leaves, by currency and outcome; the filter's currency is not looked at, so that the others
 * can be offered.
 *
 * @returns `null` when a search matches more than `COUNTED_AT_MOST`
 */
export async function countCases(db: Db, filter: CaseFilter): Promise<CaseCount[] | null> {
  const left = matching(db, { ...filter, currency: null }).select('currency', 'outcome')
  if (filter.search !== null) void left.limit(COUNTED_AT_MOST + 1)
  const counts: CaseCount[] = await db
    .from(left.as('left_over'))
    .select('currency', 'outcome')
    .select(db.raw('count(*)::int as cases'))
    .groupBy('currency', 'outcome')
  const total = counts.reduce((sum, { cases }) => sum + cases, 0)
  return filter.search !== null && total > COUNTED_AT_MOST ? null : counts
}

/** Of all cases of a connection, in the order of the alphabet: a step through the index for each, not for each case. */
export async function currenciesOfCases(db: Db, workspaceId: string, connectionId: string): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { currency: string }[] }>(
    `with recursive known as (
       (select currency from recovery_cases
        where workspace_id = :workspaceId and connection_id = :connectionId order by currency limit 1)
       union all
       select (select currency from recovery_cases
               where workspace_id = :workspaceId and connection_id = :connectionId and currency > known.currency
               order by currency limit 1)
       from known where known.currency is not null
     )
     select currency from known where currency is not null`,
    { workspaceId, connectionId },
  )
  return rows.map(({ currency }) => currency)
}

function matching(db: Db, { workspaceId, connectionId, currency, search }: CaseFilter) {
  const cases = db('recovery_cases').where({ workspace_id: workspaceId, connection_id: connectionId })
  if (currency !== null) void cases.where({ currency })
  return search === null ? cases : cases.modify(found, search)
}

function inView(cases: Knex.QueryBuilder, view: CaseView, human: readonly string[]) {
  if (view === 'all') return
  if (view === 'human') void cases.whereRaw('id = any(?::uuid[])', [[...human]])
  else if (view === 'open') void cases.whereNull('outcome')
  else void cases.where({ outcome: view })
}

const STRIPE_IDS: Readonly<Record<string, string>> = {
  in: 'stripe_invoice_id',
  cus: 'stripe_customer_id',
  sub: 'stripe_subscription_id',
}
const BEGINNINGS = ['customer_name', 'customer_email', 'invoice_number']

/** Leaves the cases that a search finds: by `countCases`' and `caseIdsOfPage`'s own reading of it. */
export function narrowToSearch(cases: QueryBuilder<Row, Row[]>, search: string): void {
  found(cases as unknown as Knex.QueryBuilder, search.trim())
}

/** Ids are looked for whole: the indexes on them know no beginnings. */
function found(cases: Knex.QueryBuilder, search: string) {
  // Postgres takes no NUL, and nothing has it.
  if (search.includes('\0') || search.length > SEARCHED_LENGTH) return void cases.whereRaw('false')
  const idColumn = STRIPE_IDS[/^(in|cus|sub)_\w+$/.exec(search)?.[1] ?? '']
  if (idColumn) return void cases.where({ [idColumn]: search })
  const pattern = `${search.replace(/[\\%_]/g, '\\$&')}%`
  void cases.where((any) => {
    for (const column of BEGINNINGS) void any.orWhereRaw(`lower(left(${column}, 100)) like lower(?)`, [pattern])
  })
}
