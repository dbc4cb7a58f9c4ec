import type { StateView } from '../../presenters/case-state.js'
import { Glyph } from './glyph.js'

/** A state: glyph and words, always both; the exact time on hover. */
export function State({ of: { glyph, tone, words, at, exact } }: { of: StateView }) {
  return (
    <span className={`state ${tone}`}>
      <Glyph name={glyph} />
      <time dateTime={at} title={exact}>
        {words}
      </time>
    </span>
  )
}
