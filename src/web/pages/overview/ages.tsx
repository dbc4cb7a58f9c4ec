import type { AgeRowView, AgesView } from '../../presenters/overview-ages.js'

/** Above so many the squares would no longer be counted at a glance. */
const MOST_UNITS = 40

/** Open cases by age: how much waits, and what comes next. */
export function Ages({ of: { currencies, rows, total } }: { of: AgesView }) {
  return (
    <section aria-labelledby="h-ages">
      <div className="section-head">
        <h2 id="h-ages">Open cases</h2>
        <a className="end" href={total === 0 ? '/app/cases' : '/app/cases?view=open'}>
          {total === 0 ? 'All cases' : `All ${total.toLocaleString('en-US')} open`}
        </a>
      </div>
      {total === 0 ? (
        <p className="muted">Nothing is open.</p>
      ) : (
        <>
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
              {rows.map((row) => (
                <Row key={row.label} of={row} currencies={currencies} isCounted={total > MOST_UNITS} />
              ))}
            </tbody>
          </table>
          <Legend rows={rows} />
        </>
      )}
    </section>
  )
}

interface RowProps {
  readonly of: AgeRowView
  readonly currencies: readonly string[]
  readonly isCounted: boolean
}

function Row({ of: { label, units, amounts, next, inWords }, currencies, isCounted }: RowProps) {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>{units.length > 0 ? <Units units={units} inWords={inWords} isCounted={isCounted} /> : null}</td>
      {amounts.map((amount, index) => (
        <td className={amount === null ? 'amount none' : 'amount num'} key={currencies[index]}>
          {amount ?? <span className="muted">–</span>}
        </td>
      ))}
      <td className="next">
        {next ? (
          <>
            <strong>{next.what}</strong> {next.when}
          </>
        ) : null}
      </td>
    </tr>
  )
}

/** A square a case, or, where there are too many, a number for each kind. */
function Units({ units, inWords, isCounted }: Pick<AgeRowView, 'units' | 'inWords'> & Pick<RowProps, 'isCounted'>) {
  return (
    <span className="units" role="img" aria-label={inWords}>
      {units.map(({ pressure, cases }) =>
        isCounted ? (
          <span key={pressure} className="num">
            <i className={`is-${pressure}`} /> {cases.toLocaleString('en-US')}
          </span>
        ) : (
          squares(pressure, cases).map((key) => <i key={key} className={`is-${pressure}`} />)
        ),
      )}
    </span>
  )
}

const squares = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name} ${index}`)

const KEYS = [
  ['mail', 'Mail planned'],
  ['retry', 'Stripe retries first'],
  ['nothing', 'Nothing planned'],
  ['human', 'Needs a human'],
] as const

/** Of what is there. */
function Legend({ rows }: Pick<AgesView, 'rows'>) {
  const shown = new Set(rows.flatMap(({ units }) => units.map(({ pressure }) => pressure)))
  return (
    <ul className="legend" aria-hidden="true">
      {KEYS.filter(([pressure]) => shown.has(pressure)).map(([pressure, words]) => (
        <li key={pressure}>
          <i className={`key is-${pressure}`} />
          {words}
        </li>
      ))}
    </ul>
  )
}
