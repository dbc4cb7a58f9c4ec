/** Reading JSON of which nothing is known: Stripe's objects in whatever version they come. */

export type Fields = Readonly<Record<string, unknown>>

const NOTHING: Fields = Object.freeze({})
/** Seconds since 1970: times beyond are none that anything can be reckoned with. */
export const END_OF_9999 = 253_402_300_799
const LARGEST_INTEGER = 2_147_483_647
/** Characters; an index takes no longer ones than a few thousand. Source: docs.stripe.com/upgrades */
const LONGEST_ID = 255

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NOTHING
}

export const isPresent = (fields: Fields): boolean => fields !== NOTHING

/** What stands at the end of a path, undefined where the path breaks off. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner, key) => fieldsOf(inner)[key], value)
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The objects in one of Stripe's lists. */
export function listOf(value: unknown): Fields[] {
  return arrayOf(fieldsOf(value).data).map(fieldsOf)
}

export function firstOf<Item, Found>(items: readonly Item[], find: (item: Item) => Found | null): Found | null {
  for (const item of items) {
    const found = find(item)
    if (found !== null) return found
  }
  return null
}

/** What people typed may hold a NUL, which Postgres stores in no text. */
export function textOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value.replaceAll('\u0000', '').trim() : ''
  return text === '' ? null : text
}

/** The id of something that stands there as its id or expanded. What is longer than Stripe's ids is none. */
export function idOf(value: unknown): string | null {
  const id = textOf(value) ?? textOf(fieldsOf(value).id)
  return id !== null && id.length <= LONGEST_ID ? id : null
}

export function flagOf(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null
}

export function wholeOf(value: unknown): number | null {
  return Number.isSafeInteger(value) ? (value as number) : null
}

export function countOf(value: unknown): number | null {
  const whole = wholeOf(value)
  return whole !== null && whole >= 0 ? whole : null
}

/** How many of something there are, as far as an integer of Postgres holds it: more there never are. */
export function numberOf(value: unknown): number | null {
  const count = countOf(value)
  return count !== null && count <= LARGEST_INTEGER ? count : null
}

export function oneOf<Value extends string>(values: readonly Value[], value: unknown): Value | null {
  return values.find((each) => each === value) ?? null
}

export function timeOf(value: unknown): Date | null {
  const seconds = countOf(value)
  return seconds !== null && seconds <= END_OF_9999 ? new Date(seconds * 1000) : null
}

export function httpsUrlOf(value: unknown): string | null {
  const url = textOf(value)
  return url !== null && /^https:\/\//i.test(url) && URL.canParse(url) ? url : null
}
