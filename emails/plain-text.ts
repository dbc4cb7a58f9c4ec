import type { Letter, LetterAction } from './letter.js'
import { plain } from './line.js'

const COLUMNS = 72

/** The letter as plain text: paragraphs of at most 72 columns, each link alone on its line. */
export function plainTextOf(letter: Letter): string {
  const stops = letter.stops.map((stop) => `${stop.of ? `${wrap(stop.of)}\n` : ''}${actionOf(stop)}`)
  return `${[
    ...letter.opening.map((text) => wrap(plain(text))),
    ...letter.items.map(
      ({ title, amount, reason, action }) =>
        `${wrap(amount ? `${title}, ${amount}` : title)}\n${wrap(reason)}${action ? `\n${actionOf(action)}` : ''}`,
    ),
    ...(letter.action && !isOfAnItem(letter.action, letter) ? [actionOf(letter.action)] : []),
    ...letter.closing.map((text) => wrap(plain(text))),
    ...(letter.smallPrint.text ? [`--\n${wrap(letter.smallPrint.text)}`] : []),
    ...stops,
  ].join('\n\n')}\n`
}

/** Where the button leads to the first of several, its link stands there already. */
const isOfAnItem = ({ link }: LetterAction, { items }: Letter) => items.some(({ action }) => action?.link === link)

const actionOf = ({ label, before = `${label}:`, link }: LetterAction) => `${wrap(before)}\n${link}`

/** Breaks at spaces only, never at the no-break spaces of an amount, and never within a word. */
function wrap(text: string): string {
  const lines: string[] = []
  let current = ''
  for (const word of text.replaceAll('’', "'").split(' ')) {
    if (current && current.length + 1 + word.length > COLUMNS) {
      lines.push(current)
      current = word
    } else {
      current = current ? `${current} ${word}` : word
    }
  }
  return [...lines, current].join('\n')
}
