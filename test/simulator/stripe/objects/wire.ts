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
    previous[key] = isPlain(before) && isPlain(after) ? (differing(before, after) as T[keyof T]) : before
  }
  Object.assign(object, changes)
  return previous
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function differing(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(before).filter(([key, value]) => value !== after[key]))
}
