import type { SetUpView } from '../../presenters/set-up.js'
import { Glyph } from '../parts/glyph.js'

/** Where one stands on the way in, until all of it is done. */
export function SetUp({ of: { done, steps } }: { of: SetUpView }) {
  return (
    <section className="set-up" aria-labelledby="h-set-up">
      <div className="section-head">
        <h2 id="h-set-up">Set up</h2>
        <span className="end num">
          {done} of {steps.length} done
        </span>
      </div>
      <ol>
        {steps.map(({ name, isDone, why, action }) => (
          <li key={name}>
            <Glyph name={isDone ? 'recovered' : 'open-0'} tone={isDone ? 'recovered' : 'muted'} />
            <div>
              <p className="step">
                {name}
                <span className="sr">{isDone ? ', done' : ', to do'}</span>
              </p>
              <p className="muted">{why}</p>
            </div>
            {action ? (
              <a className="button primary" href={action.href}>
                {action.label}
              </a>
            ) : null}
          </li>
        ))}
      </ol>
    </section>
  )
}
