import { namedByAccount } from '../objects/customer-account.js'
import type { Store } from '../store.js'
import { present } from '../versions/past.js'
import { reshape, stepsTo } from '../versions/reshape.js'
import type { Json } from '../versions/step.js'

/** An object of the store as an answer shows it: a copy that may be changed. */
export type Render = (object: object) => Json

/** How one API version shows the objects of an account. Throws on versions that are not simulated. */
export function renderIn(version: string, store: Store): Render {
  const steps = stepsTo(version)
  const past = present(store)
  return (object) => {
    const json = namedByAccount(JSON.parse(JSON.stringify(object)) as Json, store.customerAccounts)
    return steps.length === 0 ? json : reshape(json, steps, past)
  }
}
