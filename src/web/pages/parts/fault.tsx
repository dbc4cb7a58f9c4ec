import type { ReactNode } from 'react'
import { Glyph } from './glyph.js'

/** What is wrong, and what to do, beside what it is about. */
export function Fault({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p className="fault" id={id}>
      <Glyph name="lost" />
      <span>{children}</span>
    </p>
  )
}
