import type { FindingRowView, FindingsView } from '../../presenters/findings.js'
import { render } from '../parts/document.js'
import { Glyph } from '../parts/glyph.js'
import { Head } from '../parts/head.js'
import { Money } from '../parts/money.js'
import { Panel } from '../parts/panel.js'
import type { PanelProps } from '../parts/shell.js'

/** `GET /app/diagnostics/rows`: the invoices behind one number of a report. */
export const findingsPage = ({ panel, of }: { readonly panel: PanelProps; readonly of: FindingsView }) =>
  render(
    <Panel panel={panel} here="diagnostics" title={of.title} moreStyles={['overview', 'diagnostics']}>
      <a className="crumb no-print" href={of.back}>
        <Glyph name="back" />
        90-day diagnostic
      </a>
      <div className="top">
        <div>
          <h1>{of.title}</h1>
          <p className="muted num">{of.extent}</p>
        </div>
        {of.rows.length > 0 ? (
          <a className="end button no-print" href={of.csvHref} download>
            Download CSV
          </a>
        ) : null}
      </div>
      {of.rows.length > 0 ? <Table rows={of.rows} /> : null}
      {of.earlier || of.later ? (
        <nav className="pages list-foot" aria-label="Pages">
          {of.earlier ? (
            <a className="button" href={of.earlier}>
              Larger
            </a>
          ) : null}
          {of.later ? (
            <a className="button" href={of.later}>
              Smaller
            </a>
          ) : null}
        </nav>
      ) : null}
    </Panel>,
  )

function Table({ rows }: Pick<FindingsView, 'rows'>) {
  return (
    <table className="list plain findings">
      <Head columns={['Customer', 'Failed', 'Decline', 'What became of it', { amount: 'At risk' }]} />
      <tbody>
        {rows.map((row) => (
          <Line key={row.id} of={row} />
        ))}
      </tbody>
    </table>
  )
}

function Line({ of }: { of: FindingRowView }) {
  return (
    <tr>
      <td>
        <span className="first name">{of.customer}</span>
        <span className="second">
          {of.plan ? `${of.plan} · ` : ''}
          <a href={of.stripeHref} rel="noreferrer">
            {of.number}
            <span className="sr"> in Stripe</span>
          </a>
        </span>
      </td>
      <td className="num">{of.failed}</td>
      <td>
        <span className="first">{of.decline}</span>
        {of.code ? <code className="second">{of.code}</code> : null}
      </td>
      <td className="num">{of.became}</td>
      <td className="amount">
        <Money of={of.atRisk} />
      </td>
    </tr>
  )
}
