/** A word whose definition opens on hover and on focus. Stands in something of the class `defines`. */
export function Defined({ word, children }: { word: string; children: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the definition opens on focus, for keyboards.
    <span className="def" tabIndex={0}>
      {word}
      <span role="tooltip">{children}</span>
    </span>
  )
}
