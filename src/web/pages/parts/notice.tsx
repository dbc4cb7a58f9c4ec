import type { SaidView } from '../../presenters/said.js'
import { Glyph } from './glyph.js'

/** What the last press of a button came to. */
export function Notice({ of: said }: { of: SaidView | null }) {
  if (!said) return null
  return (
    <div className={`notice ${said.tone}`} role="status">
      <Glyph name={said.glyph} />
      <p>{said.words}</p>
    </div>
  )
}
