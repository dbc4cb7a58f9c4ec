import { Fragment } from 'react'
import type { CaseView } from '../../presenters/case.js'
import type { StateView } from '../../presenters/case-state.js'
import type { TimelineLine } from '../../presenters/timeline.js'
import { Glyph } from './glyph.js'

interface ProofProps extends Pick<CaseView, 'timeline' | 'now'> {
  readonly look: Pick<StateView, 'glyph' | 'tone'>
}

/** What happened, line by line with the exact time; of an open case also where it stands and how it would end. */
export function Proof({ timeline: { heading, lines }, now, look }: ProofProps) {
  return (
    <section aria-labelledby="h-proof">
      <div className="section-head">
        <h2 id="h-proof">Proof</h2>
        <span className="end">{heading}</span>
      </div>
      <ol className="proof">
        {lines.map((line) => (
          <Fragment key={line.id}>
            {line.day ? <li className="day">{line.day}</li> : null}
            <Line of={line} />
          </Fragment>
        ))}
        {now ? (
          <>
            <li className="now">
              <time>{now.clock}</time>
              <span className="dot">
                <Glyph name={look.glyph} tone={look.tone} />
              </span>
              <p className="body">Now: {now.words}</p>
            </li>
            <li>
              <span className="dot">
                <Glyph name="missing" tone="muted" />
              </span>
              <div className="body">
                <strong>Paid</strong>
                <p className="detail">Closes the case and cancels what is planned</p>
              </div>
            </li>
          </>
        ) : null}
      </ol>
    </section>
  )
}

function Line({ of: { glyph, tone, title, detail, code, at, clock, exact } }: { of: TimelineLine }) {
  return (
    <li className={glyph ? undefined : 'minor'}>
      <time dateTime={at} title={exact}>
        {clock}
      </time>
      <span className="dot">{glyph ? <Glyph name={glyph} tone={tone} /> : null}</span>
      <div className="body">
        <strong>{title}</strong>
        <p className="detail">
          {detail} {code ? <code>{code}</code> : null}
        </p>
      </div>
    </li>
  )
}
