import { AT_RISK } from '../../presenters/diagnostic-words.js'
import type { LeakView } from '../../presenters/diagnostics.js'
import { Defined } from '../parts/defined.js'

/** One currency: what was lost of what was at risk, and where the rest went. */
export function Leak({ of }: { of: LeakView }) {
  return (
    <article className="statement" aria-label={of.currency}>
      <p className="sentence defines">
        <b className="ink">{of.lost}</b> lost from <strong className="num">{of.atRisk}</strong>{' '}
        <Defined word="at risk">{AT_RISK}</Defined>
      </p>
      <p className="rate">
        <a href={of.failedHref}>
          <strong className="num">{of.failed}</strong> failed {of.failed === '1' ? 'renewal' : 'renewals'}
        </a>{' '}
        of <strong className="num">{of.renewals}</strong> ({of.rate})
      </p>
      <table className="sum" role="img" aria-label={of.inWords}>
        <tbody>
          <tr>
            {of.parts.map(({ part, width }) => (
              <td key={part} className={`is-${part}`} width={`${width}%`} />
            ))}
          </tr>
        </tbody>
      </table>
      <dl className="parts">
        {of.parts.map(({ amount, definition, href, invoices, label, part }) => (
          <div key={part}>
            <dt className="defines">
              <i className={`key is-${part}`} />
              <Defined word={label}>{definition}</Defined>
            </dt>
            <dd>
              <a href={href}>{amount}</a>
              <span>{invoices}</span>
            </dd>
          </div>
        ))}
      </dl>
    </article>
  )
}
