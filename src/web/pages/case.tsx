import { Fragment } from 'react'
import type { CaseView } from '../presenters/case.js'
import { render } from './parts/document.js'
import { Glyph } from './parts/glyph.js'
import { Letters } from './parts/letters.js'
import { Money } from './parts/money.js'
import { Panel, type PanelProps } from './parts/panel.js'
import { Proof } from './parts/proof.js'
import { State } from './parts/state.js'

export interface CasePageProps {
  readonly panel: PanelProps
  readonly recoveryCase: CaseView
}

/** One case: what is owed, the proof of what happened, what is planned, and what the customer was told. */
export function casePage({ panel, recoveryCase: view }: CasePageProps): string {
  return render(
    <Panel panel={panel} title={`${view.customer}, ${view.exposed.text}`}>
      <Head view={view} />
      <div className="columns">
        <div>
          <Proof timeline={view.timeline} now={view.now} look={view.state} />
          {view.now ? <Planned planned={view.planned} /> : null}
        </div>
        <div>
          <Letters letters={view.letters} />
          <Facts facts={view.facts} />
        </div>
      </div>
    </Panel>,
  )
}

function Head({ view }: { view: CaseView }) {
  return (
    <>
      <a className="crumb" href="/app/cases">
        <Glyph name="back" />
        Cases
      </a>
      <div className="case-head">
        <div className="title">
          <div>
            <h1>{view.customer}</h1>
            <p className="muted">{view.renewal}</p>
          </div>
          <div className="owed">
            <p className="big">
              <Money of={view.exposed} />
            </p>
            <p className="muted small">exposed, {view.became}</p>
          </div>
        </div>
        <div className="what">
          <p>
            <State of={view.state} />
          </p>
          <p>
            {view.why} {view.code ? <code className="muted">{view.code}</code> : null}
          </p>
        </div>
      </div>
    </>
  )
}

function Planned({ planned }: Pick<CaseView, 'planned'>) {
  return (
    <section className="after" aria-labelledby="h-planned">
      <h2 id="h-planned">Planned, unless it is paid first</h2>
      {planned.length === 0 ? (
        <p className="muted">Nothing is planned.</p>
      ) : (
        <ul className="lines">
          {planned.map(({ by, at, moment, what }) => (
            <li key={`${by} ${at} ${what}`}>
              <Glyph name={by === 'mail' ? 'mail' : 'retry'} tone="muted" />
              <div>
                <time dateTime={at}>{moment}</time>
                <p className="why">{what}</p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Facts({ facts }: Pick<CaseView, 'facts'>) {
  return (
    <section className="after" aria-labelledby="h-stripe">
      <h2 id="h-stripe">In Stripe</h2>
      <dl className="facts">
        {facts.map(({ label, text, href }) => (
          <Fragment key={label}>
            <dt>{label}</dt>
            <dd>
              {href ? (
                <a href={href} rel="noreferrer">
                  {text}
                </a>
              ) : (
                text
              )}
            </dd>
          </Fragment>
        ))}
      </dl>
    </section>
  )
}
