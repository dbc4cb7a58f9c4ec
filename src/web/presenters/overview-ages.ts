import { AGES, type Age, type OpenCases, type Pressure } from '../../db/queries/open-cases-by-age.js'
import { age } from './ages.js'
import { headline, type View } from './view.js'
import { counted } from './words.js'

/** All that are open now, by age. */
export interface AgesView {
  /** `USD`, in the order of the statements, then by name. */
  readonly currencies: readonly string[]
  readonly rows: readonly AgeRowView[]
  readonly total: number
}

/** Open cases of one age. */
export interface AgeRowView {
  readonly label: string
  /** How many there are, by what comes next; the most pressing last. */
  readonly units: readonly { readonly pressure: Pressure; readonly cases: number }[]
  /** One a currency, in the order of the head; `null`: none. */
  readonly amounts: readonly (string | null)[]
  /** `Reminder`, `in 23h` */
  readonly next: { readonly what: string; readonly when: string | null } | null
  readonly inWords: string
}

const LABELS: Record<Age, string> = {
  under_1h: 'Under 1 hour',
  under_1d: '1 to 24 hours',
  under_3d: '1 to 3 days',
  under_7d: '3 to 7 days',
  older: 'Over 7 days',
}

const PRESSURES: readonly Pressure[] = ['mail', 'retry', 'nothing', 'human']
const PRESSURE_WORDS: Record<Pressure, string> = {
  mail: 'a mail planned',
  retry: 'Stripe retries first',
  nothing: 'nothing planned',
  human: 'needs a human',
}

/**
 * Every age, the youngest first, with an amount for each currency that has any open case.
 *
 * @param order of currencies that stand elsewhere on the page
 */
export function presentAges(open: readonly OpenCases[], order: readonly string[], view: View): AgesView {
  const there = [...new Set(open.map(({ currency }) => currency))].sort()
  const currencies = [...order.filter((each) => there.includes(each)), ...there.filter((each) => !order.includes(each))]
  const rows = AGES.map((each) => {
    const ofAge = open.filter((one) => one.age === each)
    const units = PRESSURES.map((pressure) => ({
      pressure,
      cases: sum(ofAge.filter((one) => one.pressure === pressure).map(({ cases }) => cases)),
    })).filter(({ cases }) => cases > 0)
    return {
      label: LABELS[each],
      units,
      amounts: currencies.map((currency) => {
        const amounts = ofAge.filter((one) => one.currency === currency).map((one) => one.open)
        return amounts.length > 0 ? headline(sum(amounts), currency, view) : null
      }),
      next: nextOf(ofAge, view),
      inWords: units.map(({ cases, pressure }) => `${counted(cases, 'case')}: ${PRESSURE_WORDS[pressure]}`).join(', '),
    }
  })
  return { currencies: currencies.map((each) => each.toUpperCase()), rows, total: sum(open.map(({ cases }) => cases)) }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

/** The soonest step of these that nobody has to take by hand. */
function nextOf(ofAge: readonly OpenCases[], { now }: View): AgeRowView['next'] {
  if (ofAge.length === 0) return null
  const planned = ofAge
    .flatMap(({ pressure, nextAt }) => (nextAt && pressure !== 'human' ? [{ pressure, nextAt }] : []))
    .sort((a, b) => a.nextAt.getTime() - b.nextAt.getTime())
  const [first] = planned
  if (!first)
    return { what: ofAge.every(({ pressure }) => pressure === 'human') ? 'Yours' : 'Nothing planned', when: null }
  const when = first.nextAt > now ? `in ${age(now, first.nextAt)}` : 'now'
  return { what: first.pressure === 'retry' ? 'Stripe retries' : 'Mail', when }
}
