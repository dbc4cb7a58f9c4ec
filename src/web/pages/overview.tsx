import type { OverviewView } from '../presenters/overview.js'
import { Ages } from './overview/ages.js'
import { Charts } from './overview/charts.js'
import { FirstTouches } from './overview/first-touches.js'
import { Periods } from './overview/periods.js'
import { SetUp } from './overview/set-up.js'
import { Statement } from './overview/statement.js'
import { Webhooks } from './overview/webhooks.js'
import { Glyph } from './parts/glyph.js'
import { NeedsHuman } from './parts/needs-human.js'

/** What is exposed, what came back, what stalls and what needs human eyes. */
export function Overview({ of }: { of: OverviewView }) {
  const { period, promptsOn, setUp, statements, ages, needs, charts, firstTouches, webhooks } = of
  const hasCharts = statements.length > 0
  return (
    <>
      <header className="top">
        <h1>Overview</h1>
        <div className="end">
          <a className="state switch" href="/app/settings/prompts">
            <Glyph name={promptsOn ? 'recovered' : 'open-0'} tone={promptsOn ? 'recovered' : 'muted'} />
            {promptsOn ? 'Prompts on' : 'Prompts off'}
          </a>
          <Periods of={period} />
        </div>
      </header>
      {setUp ? <SetUp of={setUp} /> : null}
      {hasCharts ? (
        <section className="statements" aria-label="Recovered and exposed, by currency">
          {statements.map((statement) => (
            <Statement key={statement.currency} of={statement} />
          ))}
        </section>
      ) : (
        <Empty of={of} />
      )}
      <div className="columns">
        <Ages of={ages} />
        <NeedsHuman of={needs} orSay="Nothing needs you. Last checked just now." />
      </div>
      <div className="columns">
        <div>{hasCharts ? <Charts of={charts} /> : <Webhooks of={webhooks} />}</div>
        <div>
          {firstTouches ? <FirstTouches of={firstTouches} /> : null}
          {hasCharts ? <Webhooks of={webhooks} /> : null}
        </div>
      </div>
    </>
  )
}

function Empty({ of: { isNew, promptsOn } }: { of: OverviewView }) {
  const since = !isNew ? 'in this time' : promptsOn ? 'since you turned prompts on' : 'yet'
  return <p className="empty">No renewal has failed {since}. When one does, it is here within seconds.</p>
}
