import { Glyph } from './glyph.js'

/** For the owner's pages only: a customer sees the workspace's name and nothing of us. */
export function Brand({ href }: { href: string }) {
  return (
    <a className="brand" href={href}>
      <Glyph name="mark" />
      SecondLoop
    </a>
  )
}
