import type { BarsView, DetailView, ReportView, TrendView } from '../../presenters/diagnostics.js'
import type { BarView, WeeksView } from '../../presenters/weeks-chart.js'
import { Glyph } from '../parts/glyph.js'
import { Head } from '../parts/head.js'
import { Money } from '../parts/money.js'

export function Never({ of, currency }: { of: DetailView['never']; currency: string }) {
  return (
    <section aria-labelledby="h-never">
      <h2 id="h-never">What Stripe’s retries will never execute</h2>
      {of ? (
        <>
          <p className="figure">
            <b>{of.amount}</b> <span>{of.said}</span>
          </p>
          <p className="muted explains">
            Stripe schedules attempts for these declines and does not run them. Only the customer can pay: that is what
            a prompt is for.
          </p>
          <table className="list plain never-table">
            <Head columns={['Decline', { amount: 'Invoices' }, { amount: 'At risk' }]} />
            <tbody>
              {of.rows.map(({ atRisk, code, href, invoices, words }) => (
                <tr key={code ?? ''}>
                  <td>
                    <a href={href}>{words}</a> {code ? <code className="muted">{code}</code> : null}
                  </td>
                  <td className="amount muted num">{invoices}</td>
                  <td className="amount">
                    <Money of={atRisk} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      ) : (
        <p className="muted explains">
          No decline in {currency} was of the kind that Stripe schedules attempts for and never runs.
        </p>
      )}
    </section>
  )
}

interface ByGroupProps {
  readonly id: string
  readonly title: string
  readonly head: string
  readonly of: BarsView
  readonly currency: string
}

export function ByGroup({ currency, head, id, of: { rows, sum }, title }: ByGroupProps) {
  return (
    <section aria-labelledby={`h-${id}`}>
      <div className="section-head">
        <h2 id={`h-${id}`}>{title}</h2>
        <span className="end">{currency}</span>
      </div>
      <table className="list plain bars">
        <thead>
          <tr>
            <th scope="col">{head}</th>
            <th scope="col" className="bar-cell">
              <span className="sr">Share</span>
            </th>
            <th scope="col" className="amount">
              Invoices
            </th>
            <th scope="col" className="amount">
              At risk
            </th>
            <th scope="col" className="amount">
              Lost
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ atRisk, href, invoices, label, lost, lostWidth, width }) => (
            <tr key={href}>
              <th scope="row">
                <a href={href}>{label}</a>
              </th>
              <td className="bar-cell">
                <table className="hbar" width={`${width}%`} aria-hidden="true">
                  <tbody>
                    <tr>
                      {lostWidth > 0 ? <td className="is-lost" width={`${lostWidth}%`} /> : null}
                      {lostWidth < 100 ? <td className="is-rest" /> : null}
                    </tr>
                  </tbody>
                </table>
              </td>
              <td className="amount muted num">{invoices}</td>
              <td className="amount">
                <Money of={atRisk} />
              </td>
              <td className="amount">{lost ? <Money of={lost} /> : <span className="muted">–</span>}</td>
            </tr>
          ))}
          <tr className="total">
            <th scope="row">Sum</th>
            <td className="bar-cell" />
            <td className="amount num">{sum.invoices}</td>
            <td className="amount">
              <Money of={sum.atRisk} />
            </td>
            <td className="amount">
              <Money of={sum.lost} />
            </td>
          </tr>
        </tbody>
      </table>
    </section>
  )
}

export function Largest({ of: { currency, largest, losses } }: { of: DetailView }) {
  return (
    <section aria-labelledby="h-top">
      <div className="section-head">
        <h2 id="h-top">Largest losses</h2>
        {losses ? (
          <a className="end" href={losses.href}>
            {losses.label}
          </a>
        ) : null}
      </div>
      {largest.length === 0 ? (
        <p className="muted">Nothing was lost in {currency}.</p>
      ) : (
        <table className="list plain losses">
          <Head columns={['Customer', { amount: 'Lost' }]} />
          <tbody>
            {largest.map(({ customer, href, invoices, lost }) => (
              <tr key={href}>
                <td>
                  <a className="name" href={href}>
                    {customer}
                  </a>
                  <span className="second">{invoices}</span>
                </td>
                <td className="amount">
                  <Money of={lost} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

/** A bar a week in a frame of its own size: shapes in percent, so that their patterns are not stretched. */
export function ByWeek({ of, currency }: { of: WeeksView; currency: string }) {
  return (
    <section aria-labelledby="h-week">
      <div className="section-head">
        <h2 id="h-week">By week of first failure</h2>
        <span className="end">
          {currency}, highest week {of.highest}
        </span>
      </div>
      <div className="weeks-frame">
        <svg
          className="weeks"
          role="img"
          aria-label={`At risk by week in ${currency}; the table below has the figures`}
        >
          <Patterns />
          {of.grid.map(({ top }) => (
            <line key={top} x1="0" x2="100%" y1={`${top}%`} y2={`${top}%`} />
          ))}
          {of.bars.map((bar) => (
            <Bar key={bar.label} of={bar} />
          ))}
          <line className="base" x1="0" x2="100%" y1="100%" y2="100%" />
        </svg>
        <svg className="weeks-levels" aria-hidden="true">
          {of.grid.map(({ label, top }) => (
            <text key={top} x="100%" y={`${top}%`} dy="-4" textAnchor="end">
              {label}
            </text>
          ))}
        </svg>
      </div>
      <svg className="weeks-x" aria-hidden="true">
        {of.bars.map(({ isLabelled, label, left }) =>
          isLabelled ? (
            <text key={label} x={`${left}%`} y="12">
              {label}
            </text>
          ) : null,
        )}
      </svg>
      <ul className="legend">
        {of.legend.map(({ label, part }) => (
          <li key={part}>
            <i className={`key is-${part}`} />
            {label}
          </li>
        ))}
      </ul>
      <details className="table">
        <summary>The weeks as a table</summary>
        <table className="list plain">
          <Head columns={['Week of', { amount: 'Invoices' }, { amount: 'At risk' }, { amount: 'Lost' }]} />
          <tbody>
            {of.bars.map(({ atRisk, href, invoices, label, lost }) => (
              <tr key={label}>
                <td>{href ? <a href={href}>{label}</a> : label}</td>
                <td className="amount num">{invoices}</td>
                <td className="amount num">{atRisk}</td>
                <td className="amount num">{lost}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  )
}

function Bar({ of: { inWords, left, pieces, width } }: { of: BarView }) {
  return (
    <g>
      <title>{inWords}</title>
      {pieces.map(({ height, part, top }) => (
        <rect
          key={part}
          className={`w-${part}`}
          fill={PATTERNED.has(part) ? `url(#w-${part})` : undefined}
          x={`${left}%`}
          width={`${width}%`}
          y={`${top}%`}
          height={`${height}%`}
          rx="2"
        />
      ))}
    </g>
  )
}

const PATTERNED = new Set(['lost', 'late', 'paid', 'returned'])

/** As the bars and keys of the other figures have them. */
function Patterns() {
  return (
    <defs>
      <pattern id="w-lost" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect className="ground-lost" width="5" height="5" />
        <rect className="line-lost" width="2" height="5" />
      </pattern>
      <pattern id="w-late" width="5" height="5" patternUnits="userSpaceOnUse">
        <rect className="ground-recovered" width="5" height="5" />
        <rect className="line-recovered" width="2" height="5" />
      </pattern>
      <pattern id="w-paid" width="5" height="5" patternUnits="userSpaceOnUse">
        <rect className="ground-recovered" width="5" height="5" />
        <rect className="line-recovered" width="5" height="2" />
      </pattern>
      <pattern id="w-returned" width="5" height="5" patternUnits="userSpaceOnUse">
        <rect className="ground-attention" width="5" height="5" />
        <circle className="line-attention" cx="2.5" cy="2.5" r="1.1" />
      </pattern>
    </defs>
  )
}

export function Recovery({ of: { currency, recovery } }: { of: DetailView }) {
  return (
    <section aria-labelledby="h-time">
      <h2 id="h-time">From failure to payment</h2>
      {recovery ? (
        <>
          <p className="figure">
            <b className="num">{recovery.median}</b> <span>or less for half of what came back whole</span>
          </p>
          <table className="list plain">
            <Head columns={['Came back', { amount: 'Invoices' }, { amount: currency }]} />
            <tbody>
              {recovery.rows.map(({ amount, href, invoices, label }) => (
                <tr key={label}>
                  <td>
                    <a href={href}>{label}</a>
                  </td>
                  <td className="amount num">{invoices}</td>
                  <td className="amount">
                    <Money of={amount} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      ) : (
        <p className="muted">Nothing came back whole in {currency}.</p>
      )}
    </section>
  )
}

export function LeftOut({ of: { leftOut, remarks, unread } }: { of: ReportView }) {
  return (
    <section aria-labelledby="h-out">
      <h2 id="h-out">Left out, and why</h2>
      {leftOut.length === 0 ? <p className="muted">Nothing was left out.</p> : null}
      <ul className="said-list">
        {leftOut.map(({ count, failed, words }) => (
          <li key={words}>
            <b>{count}</b>
            <span>
              {words}
              {failed.map(({ href, words: some }) => (
                <span key={href} className="apart">
                  {' '}
                  <a href={href}>{some}</a>
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
      {unread.map(({ cost, permission, what }) => (
        <div key={what} className="unread">
          <p className="state attention">
            <Glyph name="attention" />
            {what}
          </p>
          <p className="muted">
            {permission ? (
              <>
                The key lacks <code>{permission}</code>.{' '}
              </>
            ) : null}
            {cost}{' '}
            {permission ? (
              <a className="no-print" href="/app/settings/stripe">
                Add it
              </a>
            ) : null}
          </p>
        </div>
      ))}
      {remarks.map((remark) => (
        <p key={remark} className="muted unread">
          {remark}
        </p>
      ))}
    </section>
  )
}

export function Trend({ of: { currency, rows } }: { of: TrendView }) {
  return (
    <section aria-labelledby="h-trend">
      <div className="section-head">
        <h2 id="h-trend">Earlier runs</h2>
        <span className="end">{currency}</span>
      </div>
      <table className="list plain trend">
        <thead>
          <tr>
            <th scope="col">90 days up to</th>
            <th scope="col" className="amount">
              Failed
            </th>
            <th scope="col" className="amount">
              Lost
            </th>
            <th scope="col" className="change">
              Against the run before
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ change, failed, href, isHere, lost, when }) => (
            <tr key={href}>
              <td>{isHere ? <strong>{when}</strong> : <a href={href}>{when}</a>}</td>
              <td className="amount num">{failed}</td>
              <td className="amount">
                <Money of={lost} />
              </td>
              <td className="change">
                {change ? <span className={change.isWorse ? 'worse' : 'muted'}>{change.words}</span> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
