import type { DiagnosticsView } from '../../presenters/diagnostics.js'
import type { SystemCheckView } from '../../presenters/system-checks.js'
import { Glyph } from '../parts/glyph.js'
import { Head } from '../parts/head.js'
import { Press } from '../parts/press.js'

/** What must hold for the work to go on: how each stands, since when, and what to do. */
export function Checks({ of: { checked, checks } }: { of: Pick<DiagnosticsView, 'checks' | 'checked'> }) {
  return (
    <section className="system no-print" aria-labelledby="h-checks">
      <div className="section-head">
        <h2 id="h-checks">System checks</h2>
        <div className="end">
          <span className="muted">{checked ? `Every hour, last ${checked}` : 'The first are made in a moment'}</span>
          <Press action="/app/diagnostics" does="check">
            Check now
          </Press>
        </div>
      </div>
      <table className="list plain checks">
        <Head columns={['What', 'State', 'What to do']} />
        <tbody>
          {checks.map((check) => (
            <Line key={check.name} of={check} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Line({ of: { action, exact, glyph, since, state, title, tone } }: { of: SystemCheckView }) {
  return (
    <tr>
      <td>
        <span className="first name">{title}</span>
      </td>
      <td>
        <span className="stands">
          <span className={`state ${tone}`}>
            <Glyph name={glyph} />
            {state}
          </span>
          <span className="muted small" title={exact}>
            {since}
          </span>
        </span>
      </td>
      <td className={action ? undefined : 'nothing'}>
        {action ? (
          <>
            {action.words} {action.label ? <a href={action.href}>{action.label}</a> : null}
          </>
        ) : (
          <span className="muted">Nothing</span>
        )}
      </td>
    </tr>
  )
}
