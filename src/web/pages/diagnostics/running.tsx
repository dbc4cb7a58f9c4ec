import type { RunningView } from '../../presenters/diagnostic-running.js'
import { Glyph } from '../parts/glyph.js'

const GLYPHS = { done: 'recovered', here: 'open-2', 'to come': 'missing' } as const
const TONES = { done: 'recovered', here: 'open', 'to come': 'muted' } as const
const SAID = { done: 'Done: ', here: 'Now: ', 'to come': 'To come: ' } as const

/** How far a run has come. */
export function Running({ of: { percent, read, steps, words } }: { of: RunningView }) {
  return (
    <div className="run">
      <p className="figure">
        <b className="num">{percent}%</b> <span className="muted num">{read}</span>
      </p>
      <progress max={100} value={percent} aria-label="Read from Stripe">
        {percent}%
      </progress>
      <ul className="steps-log">
        {steps.map(({ count, state, words: step }) => (
          <li key={step}>
            <Glyph name={GLYPHS[state]} tone={TONES[state]} />
            <span className={state === 'to come' ? 'muted' : undefined}>
              <span className="sr">{SAID[state]}</span>
              {state === 'here' ? <strong>{step}</strong> : step}
            </span>
            <span className="num">{count}</span>
          </li>
        ))}
      </ul>
      <p className="muted">{words}</p>
    </div>
  )
}
