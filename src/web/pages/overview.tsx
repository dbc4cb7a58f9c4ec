import type { NeedsView } from '../presenters/needs-human.js'
import type { AgeRowView, FirstTouchView, StatementView } from '../presenters/overview.js'
import { render } from './parts/document.js'
import { Glyph } from './parts/glyph.js'
import { NeedsHuman } from './parts/needs-human.js'
import { Panel, type PanelProps } from './parts/panel.js'

export interface OverviewPageProps {
  readonly panel: PanelProps
  readonly days: number
  readonly promptsOn: boolean
  /** One a currency; none: nothing has failed in the period. */
  readonly statements: readonly StatementView[]
  readonly ages: { readonly currencies: readonly string[]; readonly rows: readonly AgeRowView[]; readonly total: number }
  readonly needs: NeedsView
  /** `null`: no first mail was due. */
  readonly firstTouches: FirstTouchView | null
}

/** Periods to choose from, in days. */
export const PERIODS = [7, 30, 90] as const

/** `GET /app`: what is exposed, what came back, what stalls and what needs human eyes. */
export function overviewPage(props: OverviewPageProps): string {
  const { panel, days, promptsOn, statements, ages, needs, firstTouches } = props
  return render(
    <Panel panel={panel} here="overview" title="Overview" moreStyles="overview">
      <header className="top">
        <h1>Overview</h1>
        <div className="end">
          <span className="state">
            <Glyph name={promptsOn ? 'recovered' : 'open-0'} tone={promptsOn ? 'recovered' : 'muted'} />
            {promptsOn ? 'Prompts on' : 'Prompts off'}
          </span>
          <Periods days={days} />
        </div>
      </header>
      {statements.length === 0 ? (
        <p className="empty">
          No renewal has failed {promptsOn ? 'in this time' : 'yet'}. When one does, it is here within seconds.
        </p>
      ) : (
        <section className="statements" aria-label="Recovered and exposed, by currency">
          {statements.map((statement) => (
            <Statement key={statement.currency} of={statement} />
          ))}
        </section>
      )}
      <div className="columns">
        <div>
          <Ages {...ages} />
        </div>
        <div>
          <NeedsHuman of={needs} />
          {firstTouches ? <FirstTouches of={firstTouches} /> : null}
        </div>
      </div>
    </Panel>,
  )
}

function Periods({ days }: { days: number }) {
  return (
    <nav className="choice" aria-label="Period">
      {PERIODS.map((each) => (
        <a key={each} href={`/app?days=${each}`} {...(each === days ? { 'aria-current': 'true' as const } : {})}>
          {each} days
        </a>
      ))}
    </nav>
  )
}

/** A word whose definition opens on hover and on focus. */
function Defined({ word, children }: { word: string; children: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the definition opens on focus, for keyboards.
    <span className="def" tabIndex={0}>
      {word}
      <span role="tooltip">{children}</span>
    </span>
  )
}

function Statement({ of }: { of: StatementView }) {
  return (
    <article className="statement" aria-label={of.currency}>
      <p className="sentence defines">
        <b>{of.recovered}</b>{' '}
        <Defined word="recovered">
          Money that came back on the cases opened in this period, less refunds, disputes and credit notes.
        </Defined>{' '}
        from <strong className="num">{of.exposed}</strong>{' '}
        <Defined word="exposed">
          What the cases opened in this period put at risk: the amount remaining at each first failure.
        </Defined>
      </p>
      <p className="rate defines">
        <strong className="num">{of.byAmount}</strong>{' '}
        <Defined word="recovery rate">Recovered divided by exposed. Currencies are never added together.</Defined> by
        amount, <strong className="num">{of.byCases}</strong> by cases{' '}
        <span className="num nowrap">({of.ofCases})</span>
        {of.before ? <span className="muted nowrap">, {of.before}</span> : null}
      </p>
      <p className="came num defines">
        {of.assisted}{' '}
        <Defined word="assisted">
          We caused the payment, or the customer changed the card or paid after opening our link.
        </Defined>
        , {of.unassisted} came back without us
      </p>
      <Bar of={of} />
      <dl className="parts">
        {of.parts.map(({ kind, label, amount, cases }) => (
          <div key={label}>
            <dt>
              <i className={`key is-${kind}`} />
              {label}
            </dt>
            <dd>
              {amount}
              {cases ? <span>{cases}</span> : null}
            </dd>
          </div>
        ))}
      </dl>
    </article>
  )
}

/** Drawn with attributes alone: the page's policy takes no inline style. */
function Bar({ of: { parts, inWords } }: { of: StatementView }) {
  let left = 0
  return (
    <svg className="bar" role="img" aria-label={inWords} preserveAspectRatio="none" width="100%" height="12">
      {parts.map(({ kind, label, width }) => {
        const x = left
        left += width
        return <rect key={label} className={`is-${kind}`} x={`${x}%`} y="0" width={`${width}%`} height="12" />
      })}
    </svg>
  )
}

/** Above so many the squares would no longer be counted at a glance. */
const MOST_UNITS = 40

function Ages({ currencies, rows, total }: OverviewPageProps['ages']) {
  return (
    <section aria-labelledby="h-ages">
      <div className="section-head">
        <h2 id="h-ages">Open cases</h2>
        <a className="end" href="/app/cases">
          {total === 0 ? 'All cases' : `All ${total.toLocaleString('en-US')} open`}
        </a>
      </div>
      <table className="ages">
        <thead>
          <tr>
            <th scope="col">Since failure</th>
            <th scope="col">Cases</th>
            {currencies.map((currency) => (
              <th scope="col" className="amount" key={currency}>
                {currency}
              </th>
            ))}
            <th scope="col">Next step</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, units, amounts, next, inWords }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{units.length > 0 ? <Units units={units} inWords={inWords} isBar={total > MOST_UNITS} /> : null}</td>
              {amounts.map((amount, index) => (
                <td className="amount num" key={currencies[index]}>
                  {amount ?? <span className="muted">–</span>}
                </td>
              ))}
              <td>
                {next ? (
                  <>
                    <strong>{next.what}</strong> {next.when}
                  </>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul className="legend" aria-hidden="true">
        <li>
          <i className="key is-mail" />
          Mail planned
        </li>
        <li>
          <i className="key is-retry" />
          Stripe retries first
        </li>
        <li>
          <i className="key is-human" />
          Needs a human
        </li>
      </ul>
    </section>
  )
}

function Units({ units, inWords, isBar }: Pick<AgeRowView, 'units' | 'inWords'> & { isBar: boolean }) {
  return (
    <span className="units" role="img" aria-label={inWords}>
      {units.map(({ pressure, cases }) =>
        isBar ? (
          <span key={pressure} className="num">
            <i className={`key is-${pressure}`} /> {cases.toLocaleString('en-US')}
          </span>
        ) : (
          Array.from({ length: cases }, (_, index) => <i key={`${pressure} ${index}`} className={`is-${pressure}`} />)
        ),
      )}
    </span>
  )
}

function FirstTouches({ of: { half, most, marks, promise, isKept, verdict } }: { of: FirstTouchView }) {
  return (
    <section className="after" aria-labelledby="h-touch">
      <div className="section-head defines">
        <h2 id="h-touch">
          <Defined word="Time to first touch">
            From the webhook’s receipt to the mail provider’s acceptance, measured for every case.
          </Defined>
        </h2>
        <span className="end">Promise: under 5 min</span>
      </div>
      <div className="pair">
        <p className="figure">
          <b>{half}</b> <span className="muted">half are faster</span>
        </p>
        <p className="figure">
          <b>{most}</b> <span className="muted">95 in 100 are faster</span>
        </p>
      </div>
      <svg className="strip" role="img" aria-label={verdict} width="100%" height="36">
        <line className="axis" x1="0" y1="28" x2="100%" y2="28" />
        {marks.map((mark) => (
          <line className="rug" key={mark} x1={`${mark}%`} y1="6" x2={`${mark}%`} y2="28" />
        ))}
        <line className="promise" x1={`${promise}%`} y1="0" x2={`${promise}%`} y2="36" />
      </svg>
      <p className={isKept ? 'state recovered' : 'state attention'}>
        <Glyph name={isKept ? 'recovered' : 'attention'} />
        {verdict}
      </p>
    </section>
  )
}
