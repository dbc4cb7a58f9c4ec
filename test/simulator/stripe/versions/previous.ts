import type { Json } from './step.js'

/** An object as it was before a change, from the object after it and the old values that the event reports. */
export function before(after: Json, previous: Json): Json {
  return put(after, previous) as Json
}

/** The old values of what differs; of objects inside only the fields that do, of lists all. */
export function oldValues(before: Json, after: Json): Json {
  const changed: Json = {}
  for (const [key, old] of Object.entries(before)) {
    const now = after[key]
    if (JSON.stringify(old) === JSON.stringify(now)) continue
    changed[key] = isObject(old) && isObject(now) ? oldValues(old, now) : old
  }
  return changed
}

function put(now: unknown, old: unknown): unknown {
  if (Array.isArray(now) && Array.isArray(old)) return old.map((item, index) => put(now[index], item))
  if (!isObject(now) || !isObject(old)) return old
  const changed = Object.entries(old).map(([key, value]) => [key, put(now[key], value)])
  return { ...now, ...Object.fromEntries(changed) }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
