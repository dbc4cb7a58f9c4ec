import type { FirstTouchView } from '../../presenters/first-touches.js'
import { Defined } from '../parts/defined.js'
import { Glyph } from '../parts/glyph.js'

/** How long customers waited for their first mail, against the promise. */
export function FirstTouches({ of: { half, most, marks, ticks, promise, isKept, verdict } }: { of: FirstTouchView }) {
  return (
    <section className="block" aria-labelledby="h-touch">
      <div className="section-head defines">
        <h2 id="h-touch">
          <Defined word="Time to first touch">
            From the webhook’s receipt to the mail provider’s acceptance, measured for every case.
          </Defined>
        </h2>
        <span className="end">Promise: under 5 min</span>
      </div>
      <div className="pair">
        <p className="figure">
          <b>{half}</b> <span className="muted">half are faster</span>
        </p>
        <p className="figure">
          <b>{most}</b> <span className="muted">95 in 100 are faster</span>
        </p>
      </div>
      <svg className="scale" role="img" aria-label={verdict}>
        <line className="axis" x1="0" y1="32" x2="100%" y2="32" />
        {marks.map((mark) => (
          <line className="rug" key={mark} x1={`${mark}%`} y1="8" x2={`${mark}%`} y2="32" />
        ))}
        <line className="promise" x1={`${promise}%`} y1="0" x2={`${promise}%`} y2="40" />
        {ticks.map(({ label, left }) => (
          <text
            key={label}
            className={left === promise ? 'promise' : undefined}
            x={`${left}%`}
            y="54"
            textAnchor={left === 0 ? 'start' : 'middle'}
          >
            {label}
          </text>
        ))}
      </svg>
      <p className={isKept ? 'state recovered' : 'state attention'}>
        <Glyph name={isKept ? 'recovered' : 'attention'} />
        {verdict}
      </p>
    </section>
  )
}
