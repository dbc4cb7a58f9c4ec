import type { StatementView } from '../../presenters/overview-statements.js'
import { Defined } from '../parts/defined.js'

/** One currency: a sentence, and the bar and parts that its exposure went to. */
export function Statement({ of }: { of: StatementView }) {
  return (
    <article className="statement" aria-label={of.currency}>
      <p className="sentence defines">
        <b className={of.isNothingRecovered ? 'ink' : undefined}>{of.recovered}</b>{' '}
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
        {of.before ? <span className="before"> · {of.before}</span> : null}
      </p>
      {of.isNothingRecovered ? null : (
        <p className="came num defines">
          {of.assisted}{' '}
          <Defined word="assisted">
            We caused the payment, or the customer changed the card or paid after opening our link.
          </Defined>
          , {of.unassisted} came back without us
        </p>
      )}
      <table className="sum" role="img" aria-label={of.inWords}>
        <tbody>
          <tr>
            {/* A share as an attribute: the page's policy takes no inline style. */}
            {of.parts.map(({ kind, label, width }) => (
              <td key={label} className={`is-${kind}`} width={`${width}%`} />
            ))}
          </tr>
        </tbody>
      </table>
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
