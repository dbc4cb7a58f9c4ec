import { Fragment } from 'react'
import type { ChartsView, ChartView } from '../../presenters/overview-charts.js'
import { Money } from '../parts/money.js'

/** These are in sight; the others unfold. */
const IN_SIGHT = 2

/** What came back over time, one chart a currency. Places are SVG attributes: the policy takes no inline style. */
export function Charts({ of: { when, charts, ticks, table } }: { of: ChartsView }) {
  const others = charts.slice(IN_SIGHT)
  return (
    <section aria-labelledby="h-time">
      <div className="section-head">
        <h2 id="h-time">Recovered over time</h2>
        <span className="end">{when}, adding up</span>
      </div>
      {charts.slice(0, IN_SIGHT).map((chart, index) => (
        <Chart key={chart.currency} of={chart} ticks={ticks} isTall={index === 0} />
      ))}
      {others.length > 0 ? (
        <details className="table">
          <summary>{others.map(({ currency }) => currency).join(', ')} too</summary>
          {others.map((chart) => (
            <Chart key={chart.currency} of={chart} ticks={ticks} isTall={false} />
          ))}
        </details>
      ) : null}
      <details className="table">
        <summary>Show as a table</summary>
        <Table of={table} />
      </details>
    </section>
  )
}

function Chart({ of, ticks, isTall }: { of: ChartView; ticks: ChartsView['ticks']; isTall: boolean }) {
  return (
    <figure className={isTall ? 'chart tall' : 'chart'}>
      <figcaption>{of.currency}</figcaption>
      <svg className="plot" role="img" aria-label={of.inWords}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {of.grid.map(({ top }) => (
            <path className="grid" key={top} d={`M0 ${top}H100`} />
          ))}
          <path className="area" d={of.area} />
          <path className="ghost" d={of.exposed} />
          <path className="line" d={of.recovered} />
          <path className="base" d="M0 100H100" />
        </svg>
        {of.grid.map(({ label, top }) => (
          <text className="y" key={top} x="0" y={`${top}%`} dy="-5">
            {label}
          </text>
        ))}
      </svg>
      <svg className="ends" aria-hidden="true">
        {of.ends.map(({ of: which, label, top }) => (
          <text key={which} className={which} y={`${top}%`}>
            <tspan className="sum" x="0">
              {label}
            </tspan>
            <tspan x="0" dy="1.2em">
              {which}
            </tspan>
          </text>
        ))}
      </svg>
      <svg className="ticks" aria-hidden="true">
        {ticks.map(({ label, left, yields }) => (
          <text key={left} className={yields ? 'yields' : undefined} x={`${left}%`} y="12" textAnchor={anchorAt(left)}>
            {label}
          </text>
        ))}
      </svg>
    </figure>
  )
}

/** The outermost stay within the chart. */
const anchorAt = (left: number) => (left === 0 ? 'start' : left === 100 ? 'end' : 'middle')

function Table({ of: { currencies, rows } }: { of: ChartsView['table'] }) {
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">Day</th>
          {currencies.map((currency) => (
            <Fragment key={currency}>
              <th scope="col" className="amount">
                {currency} exposed
              </th>
              <th scope="col" className="amount">
                recovered
              </th>
            </Fragment>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ by, sums }) => (
          <tr key={by}>
            <th scope="row">{by}</th>
            {sums.map(({ currency, exposed, recovered }) => (
              <Fragment key={currency}>
                <td className="amount">
                  <Money of={exposed} />
                </td>
                <td className="amount">
                  <Money of={recovered} />
                </td>
              </Fragment>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
