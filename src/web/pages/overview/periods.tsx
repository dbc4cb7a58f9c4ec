import type { OverviewView } from '../../presenters/overview.js'
import { PERIODS } from '../../presenters/overview-period.js'

/** The time that the overview is about: one that ends now, or days that the owner chooses. */
export function Periods({ of: { days, typed, fault } }: { of: OverviewView['period'] }) {
  const isChosen = days === null || fault !== null
  return (
    <nav className="choice" aria-label="Period">
      {PERIODS.map((each) => (
        <a key={each} href={`/app?days=${each}`} {...current(each === days && !fault)}>
          {each} days
        </a>
      ))}
      <details className="custom" open={fault !== null}>
        <summary {...current(isChosen)}>Custom</summary>
        <form method="get" action="/app">
          <label>
            First day
            <input className="input" type="date" name="first" defaultValue={typed.first} required />
          </label>
          <label>
            Last day
            <input className="input" type="date" name="last" defaultValue={typed.last} required />
          </label>
          {fault ? <p className="fault">{fault}</p> : null}
          <button className="button" type="submit">
            Show these days
          </button>
        </form>
      </details>
    </nav>
  )
}

const current = (isHere: boolean) => (isHere ? ({ 'aria-current': 'true' } as const) : {})
