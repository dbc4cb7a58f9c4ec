import { beforeAugust2020 } from './before-august-2020.js'
import { beforeBasil } from './before-basil.js'
import { beforeNovember2022 } from './before-november-2022.js'
import type { Json, Past, VersionStep } from './step.js'
import { isSimulated, isVersion, OLDEST_SIMULATED } from './versions.js'

/** Newest first, as they are undone. */
const STEPS: readonly VersionStep[] = [beforeBasil, beforeNovember2022, beforeAugust2020]

/** What has to be undone for this version; nothing for the current one. Throws on a version that can't be shaped. */
export function stepsTo(version: string): readonly VersionStep[] {
  if (!isVersion(version)) throw new Error(`Stripe has no API version ${version}`)
  if (!isSimulated(version)) throw new Error(`API versions before ${OLDEST_SIMULATED} are not simulated: ${version}`)
  return STEPS.filter((step) => version < step.version)
}

/**
 * An object, with whatever is nested in it, as a version shapes it. Versions only ever take away: what Stripe adds, it
 * adds to all of them, so an old shape is the current one and what has been taken off since. The input is not changed.
 */
export function reshape(object: Json, steps: readonly VersionStep[], past: Past): Json {
  // An event keeps the version in which it was made.
  if (object.object === 'event') return object
  let whole = object
  for (const step of steps) {
    const gives = step.gives[String(object.object)]
    if (gives) whole = { ...whole, ...gives(whole, past) }
  }
  return Object.fromEntries(Object.entries(whole).map(([key, inner]) => [key, reshapeInside(inner, steps, past)]))
}

function reshapeInside(value: unknown, steps: readonly VersionStep[], past: Past): unknown {
  if (Array.isArray(value)) return value.map((item) => reshapeInside(item, steps, past))
  return typeof value === 'object' && value !== null ? reshape(value as Json, steps, past) : value
}
