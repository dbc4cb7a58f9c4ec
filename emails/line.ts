interface Strong {
  strong: string
}

/** A paragraph: text in which some parts, the amounts, stand out. */
export type Line = readonly (string | Strong)[]

export const strong = (text: string): Strong => ({ strong: text })

/** line`A renewal of ${strong('$9.00')}`; a line may stand within another. */
export function line(texts: TemplateStringsArray, ...values: readonly (string | Strong | Line)[]): Line {
  const parts: (string | Strong)[] = [texts[0] ?? '']
  for (const [index, value] of values.entries()) {
    for (const part of [value, texts[index + 1] ?? ''].flat()) {
      const last = parts.at(-1)
      if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part
      else parts.push(part)
    }
  }
  return parts.filter((part) => part !== '')
}

export const plain = (text: Line) => text.map((part) => (typeof part === 'string' ? part : part.strong)).join('')
