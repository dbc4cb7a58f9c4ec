import { Fragment, type ReactNode } from 'react'
import type { CaseView } from '../presenters/case.js'
import type { ActionsView } from '../presenters/case-actions.js'
import type { SaidView } from '../presenters/said.js'
import { CaseActions } from './parts/case-actions.js'
import { Glyph } from './parts/glyph.js'
import { Letters } from './parts/letters.js'
import { Money } from './parts/money.js'
import { Notice } from './parts/notice.js'
import { Proof } from './parts/proof.js'
import { State } from './parts/state.js'

export interface CaseScreenView {
  readonly recoveryCase: CaseView
  /** `null`: the case is closed. */
  readonly actions: ActionsView | null
  /** What the last action came to. */
  readonly said?: SaidView | null
  /** The recovery link, once it was asked for. */
  readonly link?: string | null
  /** The list that led here. */
  readonly back?: string
}

/** One case: what is owed, the proof of what happened, what is planned, and what the customer was told. */
export function Case({
  of: { recoveryCase: view, actions, said = null, link = null, back = '/app/cases' },
}: {
  of: CaseScreenView
}) {
  return (
    <>
      <Notice of={said} />
      <Head view={view} back={back}>
        {actions ? <CaseActions of={actions} link={link} /> : null}
      </Head>
      <div className="columns">
        <div>
          <Proof timeline={view.timeline} now={view.now} look={view.state} />
          {view.now || view.planned.length > 0 ? <Planned planned={view.planned} isOpen={view.now !== null} /> : null}
        </div>
        <div>
          <Letters letters={view.letters} />
          <Facts facts={view.facts} />
        </div>
      </div>
    </>
  )
}

function Head({ view, back, children }: { view: CaseView; back: string; children: ReactNode }) {
  return (
    <>
      <a className="crumb" href={back}>
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
        {children}
      </div>
    </>
  )
}

function Planned({ planned, isOpen }: Pick<CaseView, 'planned'> & { isOpen: boolean }) {
  return (
    <section className="after" aria-labelledby="h-planned">
      <h2 id="h-planned">{isOpen ? 'Planned, unless it is paid first' : 'Planned'}</h2>
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
