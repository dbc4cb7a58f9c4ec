import type { Context } from '../context.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import {
  type CaseCount,
  type CaseFilter,
  type CaseOrder,
  type CasePlace,
  type CaseView,
  caseIdsOfPage,
  countCases,
  currenciesOfCases,
} from '../db/queries/case-list.js'
import { type HumanNeed, needsHuman } from '../db/queries/needs-human.js'

/** What of a connection's cases a list shows, and how. */
export interface WantedCases {
  readonly view: CaseView
  /** ISO code in lower case; `null`: every currency. */
  readonly currency: string | null
  /** Trimmed, not empty; `null`: everything. */
  readonly search: string | null
  readonly order: CaseOrder
  /** `null`: the first page. */
  readonly place: CasePlace | null
}

/** One page of a list of cases, with what stands beside each. */
export interface CaseList {
  readonly cases: RecoveryCase[]
  /** By case id. */
  readonly touches: ReadonlyMap<string, Touch[]>
  /** What needs a human, by case id. */
  readonly needs: ReadonlyMap<string, HumanNeed>
  /** What needs a human and is of no case. */
  readonly ofConnection: readonly HumanNeed[]
  /** How many cases each view has; `null`: too many match to count. */
  readonly counts: Readonly<Record<CaseView, number>> | null
  /** All that are there to choose from. */
  readonly currencies: readonly string[]
  /** As the list is: without one currency there is no order by amount. */
  readonly currency: string | null
  readonly order: CaseOrder
  readonly hasEarlier: boolean
  readonly hasLater: boolean
}

/** More than these are not a list for a human any more. */
const NEEDS_READ = 10_000

export async function readCaseList(
  context: Context,
  workspaceId: string,
  connectionId: string,
  wanted: WantedCases,
  limit: number,
): Promise<CaseList> {
  const { db } = context
  const scope = { ...wanted, workspaceId, connectionId }
  const [needs, counts] = await Promise.all([needsOf(context, workspaceId, connectionId), countCases(db, scope)])
  const currencies = counts ? currenciesIn(counts) : await currenciesOfCases(db, workspaceId, connectionId)
  const settled = settle(wanted, currencies)
  const filter = { ...scope, ...settled, human: [...needs.byCase.keys()], isBroad: counts === null }

  const { place } = wanted
  const [found, human] = await Promise.all([
    caseIdsOfPage(db, { ...filter, limit: limit + 1 }),
    counts && countHuman(db, filter, [...needs.byCase.values()]),
  ])
  const isMore = found.length > limit
  const ids = place?.side === 'before' ? found.slice(-limit) : found.slice(0, limit)
  const [cases, touches] = await Promise.all([
    casesOf(context, workspaceId, ids),
    Touch.query(db).where({ workspace_id: workspaceId }).whereIn('case_id', ids).orderBy('step'),
  ])
  return {
    cases,
    touches: byCase(touches),
    needs: needs.byCase,
    ofConnection: needs.ofConnection,
    counts: counts && countViews(counts, settled.currency, human ?? 0),
    currencies,
    ...settled,
    hasEarlier: place?.side === 'before' ? isMore : place !== null && ids.length > 0,
    hasLater: place?.side === 'before' ? ids.length > 0 : isMore,
  }
}

/**
 * All cases of a list, a batch at a time as the reader takes them: memory stays the same however many there are, and no
 * transaction waits for a slow reader.
 */
export async function* readAllCases(
  context: Context,
  workspaceId: string,
  connectionId: string,
  wanted: WantedCases,
  batch = 500,
): AsyncGenerator<RecoveryCase[]> {
  const scope = { ...wanted, workspaceId, connectionId }
  const [{ byCase }, counts] = await Promise.all([
    needsOf(context, workspaceId, connectionId),
    countCases(context.db, scope),
  ])
  const settled = settle(
    wanted,
    counts ? currenciesIn(counts) : await currenciesOfCases(context.db, workspaceId, connectionId),
  )
  const filter = { ...scope, ...settled, human: [...byCase.keys()], isBroad: counts === null }
  for (let place: CasePlace | null = null; ; ) {
    const ids = await caseIdsOfPage(context.db, {
      ...filter,
      ...settled,
      place,
      isBroad: counts === null,
      limit: batch,
    })
    if (ids.length > 0) yield await casesOf(context, workspaceId, ids)
    const last = ids.at(-1)
    if (ids.length < batch || !last) return
    place = { side: 'after', caseId: last }
  }
}

/** Amounts of several currencies have no order: only the one that was chosen, or is the only one, is put in one. */
function settle(
  { currency, order }: WantedCases,
  currencies: readonly string[],
): Pick<WantedCases, 'currency' | 'order'> {
  if (order !== 'largest' || currency !== null) return { currency, order }
  const [only, ...others] = currencies
  return others.length > 0 || only === undefined ? { currency, order: 'newest' } : { currency: only, order }
}

const currenciesIn = (counts: readonly CaseCount[]) => [...new Set(counts.map(({ currency }) => currency))].sort()

async function needsOf({ db, now }: Context, workspaceId: string, connectionId: string) {
  const needs = await needsHuman(db, { workspaceId, connectionId, now: now() }, NEEDS_READ)
  return {
    byCase: new Map(needs.flatMap((need) => (need.caseId ? [[need.caseId, need] as const] : []))),
    ofConnection: needs.filter(({ caseId }) => caseId === null),
  }
}

/** In the order of the ids. */
async function casesOf({ db }: Context, workspaceId: string, ids: readonly string[]): Promise<RecoveryCase[]> {
  const rows = await RecoveryCase.query(db)
    .where({ workspace_id: workspaceId })
    .whereIn('id', [...ids])
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

function countViews(counts: readonly CaseCount[], only: string | null, human: number): Record<CaseView, number> {
  const views = { all: 0, open: 0, human, recovered: 0, lost: 0, forgiven: 0, dismissed: 0 }
  for (const { currency, outcome, cases } of counts) {
    if (only !== null && currency !== only) continue
    views.all += cases
    views[outcome ?? 'open'] += cases
  }
  return views
}

/** Only a search has to be asked for: the currency of what needs a human is known. */
async function countHuman(
  db: Context['db'],
  filter: CaseFilter & { readonly human: readonly string[] },
  needs: readonly HumanNeed[],
): Promise<number> {
  if (filter.search === null) {
    return needs.filter(({ currency }) => filter.currency === null || currency === filter.currency).length
  }
  const whole = { view: 'human', order: 'newest', place: null, isBroad: false, limit: NEEDS_READ } as const
  return (await caseIdsOfPage(db, { ...filter, ...whole })).length
}

function byCase(touches: Touch[]): Map<string, Touch[]> {
  const groups = new Map<string, Touch[]>()
  for (const touch of touches) {
    const group = groups.get(touch.case_id)
    if (group) group.push(touch)
    else groups.set(touch.case_id, [touch])
  }
  return groups
}

/** Open cases that no campaign has begun for: nobody has written to these customers. */
export function countUnwritten({ db }: Context, workspaceId: string, connectionId: string): Promise<number> {
  return RecoveryCase.query(db)
    .where({ workspace_id: workspaceId, connection_id: connectionId, closed_at: null })
    .whereNotExists(
      Touch.query(db)
        .whereColumn('touches.workspace_id', 'recovery_cases.workspace_id')
        .whereColumn('touches.case_id', 'recovery_cases.id')
        .where((over) => over.whereNotNull('mail_id').orWhereNotNull('skipped_at')),
    )
    .resultSize()
}
