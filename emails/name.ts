/** Controls and line breaks; halves of surrogate pairs; bidi embeddings and overrides, which would turn what follows. */
const UNSAFE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u

/**
 * A name from outside, fit for one line of a mail or a subject: no control characters, at most `longest`
 * characters. A name written from right to left is isolated (U+2068 ... U+2069), or it would drag the amount
 * beside it to its other side.
 */
export function nameFrom(raw: string, longest = 80): string {
  const name = raw.replace(UNSAFE, ' ').replace(/ {2,}/g, ' ').trim()
  const short = name.length > longest ? shorten(name, longest) : name
  return RIGHT_TO_LEFT.test(short) ? `\u2068${short}\u2069` : short
}

function shorten(name: string, longest: number): string {
  const characters = [...name]
  if (characters.length <= longest) return name
  return `${characters
    .slice(0, longest - 1)
    .join('')
    .trimEnd()}…`
}
