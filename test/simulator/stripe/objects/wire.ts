import type Stripe from 'stripe'

/** On the wire a decimal is a string; the SDK makes its own object of it. */
export function decimal(value: string): Stripe.Decimal {
  return value as unknown as Stripe.Decimal
}

/** A list inside an object: unlike a page it counts. */
export function listInside<T>(url: string, data: T[]): Stripe.ApiList<T> & { total_count: number } {
  return { object: 'list', data, has_more: false, total_count: data.length, url }
}

/** A page of a list call. */
export function pageOfList<T>(url: string, data: T[], hasMore = false): Stripe.ApiList<T> {
  return { object: 'list', data, has_more: hasMore, url }
}

/**
 * Changes an object in place; gives the old values, which an event reports as `previous_attributes`. Of an object inside
 * it only the fields that differ are reported.
 */
export function update<T extends object>(object: T, changes: Partial<T>): Partial<T> {
  const previous: Partial<T> = {}
  for (const key of Object.keys(changes) as (keyof T)[]) {
    const [before, after] = [object[key], changes[key]]
    if (before === after) continue
    if (!isPlain(before) || !isPlain(after)) {
      previous[key] = before
      continue
    }
    const inside = differing(before, after)
    if (Object.keys(inside).length > 0) previous[key] = inside as T[keyof T]
  }
  Object.assign(object, changes)
  return previous
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What was not there before, such as a new key of the metadata, was null. */
function differing(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return Object.fromEntries(keys.filter((key) => before[key] !== after[key]).map((key) => [key, before[key] ?? null]))
}
