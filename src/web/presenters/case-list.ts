import type { StripeConnection } from '../../db/models/stripe-connection.js'
import { type CaseOrder, type CaseView, COUNTED_AT_MOST } from '../../db/queries/case-list.js'
import type { CaseList, WantedCases } from '../../recovery/read-case-list.js'
import { CASE_VIEWS, caseListHref, inView } from './case-list-address.js'
import { type CaseRowView, presentCaseRow } from './case-row.js'
import { type NeedsView, presentNeeds } from './needs-human.js'
import type { View } from './view.js'
import { counted } from './words.js'

interface ChoiceView {
  readonly value: string
  readonly label: string
  readonly isChosen: boolean
}

/** A list of cases as a page shows it. */
export interface CaseListView {
  readonly tabs: readonly {
    readonly label: string
    readonly href: string
    /** `null`: not counted. */
    readonly count: string | null
    readonly isHere: boolean
  }[]
  /** Of the form: what it keeps, what was typed, and what can be chosen. */
  readonly view: CaseView
  readonly search: string
  readonly currencies: readonly ChoiceView[]
  readonly orders: readonly ChoiceView[]
  readonly rows: readonly CaseRowView[]
  /** Why there is no row. */
  readonly empty: string
  /** "50 of 1,204 cases, newest first" */
  readonly extent: string
  /** `null`: there is none. */
  readonly earlier: LinkView | null
  readonly later: LinkView | null
  /** Leads to the plain view; `null`: nothing is searched or chosen. */
  readonly clearHref: string | null
  readonly csvHref: string
  /** What needs the owner and is of no case. */
  readonly ofConnection: NeedsView
}

interface LinkView {
  readonly label: string
  readonly href: string
}

const LABELS: Record<CaseView, string> = {
  all: 'All',
  human: 'Needs a human',
  open: 'Open',
  recovered: 'Recovered',
  lost: 'Lost',
  forgiven: 'Forgiven',
  dismissed: 'Dismissed',
}

/** How it is said, and what lies before and after a page. */
const ORDERS: Record<CaseOrder, { said: string; label: string; earlier: string; later: string }> = {
  newest: { said: 'newest first', label: 'Newest first', earlier: 'Newer', later: 'Older' },
  oldest: { said: 'oldest first', label: 'Oldest first', earlier: 'Older', later: 'Newer' },
  largest: { said: 'largest first', label: 'Largest first', earlier: 'Larger', later: 'Smaller' },
}

export function presentCaseList(
  list: CaseList,
  asked: WantedCases,
  { mode }: Pick<StripeConnection, 'mode'>,
  view: View,
): CaseListView {
  const { cases, touches, needs, counts } = list
  const wanted = { ...asked, currency: list.currency, order: list.order }
  const { order } = wanted
  const hasOneCurrency = list.currencies.length === 1
  // Without a choice there is nothing to choose; what was chosen stays in sight though nothing matches it.
  const currencies = [...new Set([...list.currencies, ...(wanted.currency ? [wanted.currency] : [])])].sort()
  const query = caseListHref(wanted, '')
  const needOf = (caseId: string) => {
    const need = needs.get(caseId)
    return need ? (presentNeeds({ needs: [need], total: 1 }, { mode }, view).needs[0] ?? null) : null
  }
  const pageAt = (side: 'after' | 'before', at: number, label: string): LinkView | null => {
    const caseId = cases.at(at)?.id
    return caseId ? { label, href: caseListHref({ ...wanted, place: { side, caseId } }) } : null
  }
  return {
    tabs: CASE_VIEWS.filter((each) => isShown(each, wanted.view, counts)).map((each) => ({
      label: LABELS[each],
      href: caseListHref(inView(wanted, each)),
      count: counts?.[each].toLocaleString('en-US') ?? null,
      isHere: each === wanted.view,
    })),
    view: wanted.view,
    search: wanted.search ?? '',
    currencies:
      currencies.length > 1 ? currencies.map((code) => choice(code, code.toUpperCase(), code === wanted.currency)) : [],
    orders: (['newest', 'oldest', 'largest'] as const)
      .filter((each) => each !== 'largest' || wanted.currency !== null || hasOneCurrency)
      .map((each) => choice(each, ORDERS[each].label, each === order)),
    rows: cases.map((row) => {
      const shown = presentCaseRow(row, touches.get(row.id) ?? [], view, needOf(row.id))
      return { ...shown, href: shown.href + query }
    }),
    empty: emptyWords(wanted, view),
    extent: `${extentOf(cases.length, counts?.[wanted.view] ?? null)}, ${ORDERS[order].said}`,
    earlier: list.hasEarlier ? pageAt('before', 0, ORDERS[order].earlier) : firstPage(wanted, cases.length),
    later: list.hasLater ? pageAt('after', -1, ORDERS[order].later) : null,
    clearHref:
      wanted.search || asked.currency
        ? caseListHref({ ...inView(wanted, wanted.view), search: null, currency: null, order: 'newest' })
        : null,
    csvHref: caseListHref({ ...wanted, place: null }, '/app/cases.csv'),
    ofConnection: presentNeeds({ needs: list.ofConnection, total: list.ofConnection.length }, { mode }, view),
  }
}

const choice = (value: string, label: string, isChosen: boolean): ChoiceView => ({ value, label, isChosen })

/** The rare ways to end are named only where a case ended so. */
const isShown = (view: CaseView, here: CaseView, counts: CaseList['counts']) =>
  view === here || !['forgiven', 'dismissed'].includes(view) || counts === null || counts[view] > 0

/** The way back from a page that has nothing. */
function firstPage(wanted: WantedCases, shown: number): LinkView | null {
  return wanted.place && shown === 0
    ? { label: 'Back to the first page', href: caseListHref({ ...wanted, place: null }) }
    : null
}

function extentOf(shown: number, total: number | null): string {
  if (total === null) return `${shown} of more than ${counted(COUNTED_AT_MOST, 'case')}`
  return shown < total ? `${shown} of ${counted(total, 'case')}` : counted(total, 'case')
}

const NONE: Record<Exclude<CaseView, 'all'>, string> = {
  human: 'Nothing needs you. Last checked just now.',
  open: 'No case is open: every renewal that failed is settled.',
  recovered: 'Nothing has come back yet. When a customer pays, it is here within seconds.',
  lost: 'Nothing is lost.',
  forgiven: 'No case was forgiven.',
  dismissed: 'You have dismissed no case.',
}

function emptyWords({ view, search, currency, place }: WantedCases, { promptsOnAt }: View): string {
  if (search) {
    return 'No case matches these filters. Search looks at how names, mail addresses and invoice numbers begin, and at whole Stripe ids (in_, cus_, sub_).'
  }
  if (currency) return 'No case matches these filters.'
  if (place) return 'There is nothing on this page any more.'
  if (view !== 'all') return NONE[view]
  const since = promptsOnAt ? ' since you turned prompts on' : ' yet'
  return `No renewal has failed${since}. When one does, it is here within seconds.`
}
