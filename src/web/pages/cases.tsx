import type { CaseRowView } from '../presenters/case-row.js'
import type { NeedsView } from '../presenters/needs-human.js'
import type { SumView } from '../presenters/sums.js'
import { counted } from '../presenters/words.js'
import { Glyph } from './parts/glyph.js'
import { Money } from './parts/money.js'
import { NeedsHuman } from './parts/needs-human.js'
import { State } from './parts/state.js'

export interface CasesView {
  /** Newest first; at most one page of them. */
  readonly cases: readonly CaseRowView[]
  /** How many there are in all. */
  readonly total: number
  readonly sums: readonly SumView[]
  readonly needs: NeedsView
  readonly promptsOn: boolean
  /** Open cases whose customers nobody has written to. */
  readonly unwritten: number
}

export function Cases({ of: { cases, total, sums, needs, promptsOn, unwritten } }: { of: CasesView }) {
  return (
    <>
      <div className="top">
        <h1>Cases</h1>
      </div>
      {promptsOn ? null : <PromptsOff unwritten={unwritten} />}
      <Sums sums={sums} />
      <NeedsHuman of={needs} />
      {cases.length === 0 ? <Empty promptsOn={promptsOn} /> : <List cases={cases} total={total} />}
    </>
  )
}

function PromptsOff({ unwritten }: Pick<CasesView, 'unwritten'>) {
  const are = unwritten === 1 ? 'is' : 'are'
  const customers = unwritten === 1 ? 'this customer' : 'these customers'
  return (
    <div className="notice open">
      <Glyph name="open-0" />
      <p>
        <strong>Prompts are off.</strong>{' '}
        {unwritten === 0
          ? 'Nobody is written to.'
          : `${counted(unwritten, 'renewal')} ${are} unpaid and nobody has written to ${customers}.`}{' '}
        <a href="/app/settings/prompts">{unwritten === 0 ? 'Turn them on' : 'See what each would get'}</a>
      </p>
    </div>
  )
}

/** One line a currency: amounts of two never meet. */
function Sums({ sums }: Pick<CasesView, 'sums'>) {
  if (sums.length === 0) return null
  return (
    <ul className="sums" aria-label="What came back, by currency">
      {sums.map((sum) => (
        <li key={sum.currency}>
          <p>
            <b className={sum.byAmount === '0%' ? 'muted' : 'recovered'}>
              <Money of={sum.recovered} />
            </b>{' '}
            recovered from{' '}
            <b>
              <Money of={sum.exposed} />
            </b>{' '}
            exposed
          </p>
          <p className="muted num">
            {sum.byAmount} by amount, {sum.byCases} by cases ({sum.ofCases})
          </p>
        </li>
      ))}
    </ul>
  )
}

function Empty({ promptsOn }: Pick<CasesView, 'promptsOn'>) {
  return (
    <p className="empty">
      No renewal has failed{promptsOn ? ' since you turned prompts on' : ' yet'}. When one does, it is here within
      seconds.
    </p>
  )
}

function List({ cases, total }: Pick<CasesView, 'cases' | 'total'>) {
  return (
    <>
      <table className="list cases">
        <thead>
          <tr>
            <th scope="col">Customer</th>
            <th scope="col">State</th>
            <th scope="col">Next step, or how it ended</th>
            <th scope="col">Decline</th>
            <th scope="col" className="amount">
              Exposed
            </th>
          </tr>
        </thead>
        <tbody>
          {cases.map((one) => (
            <Line key={one.href} of={one} />
          ))}
        </tbody>
      </table>
      <p className="list-foot num">
        {cases.length < total
          ? `The ${cases.length.toLocaleString('en-US')} newest of ${counted(total, 'case')}`
          : `${counted(total, 'case')}, newest first`}
      </p>
    </>
  )
}

function Line({ of: { href, customer, plan, state, next, decline, exposed } }: { of: CaseRowView }) {
  return (
    <tr>
      <td>
        <a className="name" href={href}>
          {customer}
        </a>
        {plan ? <span className="second">{plan}</span> : null}
      </td>
      <td className="said">
        <State of={state} />
      </td>
      <td className="next">
        {next.text ? <span className="first">{next.text}</span> : null}
        {next.second ? <span className="second">{next.second}</span> : null}
      </td>
      <td className="declined">
        <span className="first">{decline.words}</span>
        {decline.code ? <code className="second">{decline.code}</code> : null}
      </td>
      <td className="amount">
        <Money of={exposed} />
      </td>
    </tr>
  )
}
