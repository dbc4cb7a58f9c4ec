import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { everyState } from './contract/states.js'
import { type StripeSimulator, startStripe } from './index.js'
import type { RecordedEvent } from './stripe/event-log.js'
import { CURRENT_VERSION } from './stripe/versions/versions.js'
import { eventJson } from './stripe/webhooks/event-json.js'

const folder = process.env.STRIPE_EVENTS_DIR
const files = folder ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []

interface Payload {
  readonly type: string
  readonly api_version: string
  readonly data: { readonly object: { readonly object: string } }
}

/** This one's envelope was made up with a version; its invoice has what basil took off, so it is older. */
const VERSION_OF: Readonly<Record<string, string>> = {
  'basil.invoice.payment_action_required.pay-wrapped.json': '2025-02-24.acacia',
}

interface Difference {
  readonly in: RegExp
  /** What a real payload has and ours has not (`-`), or the other way round (`+`). */
  readonly keys: readonly string[]
  readonly because: string
}

/** Not listed: what came after a payload was made. Stripe adds to all versions, so ours has it in every one. */
const DIFFERENCES: readonly Difference[] = [
  {
    in: /^2020-03-02\.invoice/,
    keys: [
      '+ lines.data[].amount_excluding_tax',
      '+ lines.data[].proration_details',
      '+ lines.data[].unit_amount_excluding_tax',
      '+ rendering_options',
    ],
    because: 'They came after the payload was made, and went with basil.',
  },
  {
    in: /^2020-\d\d-\d\d\.invoice/,
    keys: ['+ subscription_details'],
    because: 'It came after both payloads were made, and went with basil.',
  },
  {
    in: /^2020-03-02\.invoice/,
    keys: [
      '+ lines.data[].plan.meter',
      '+ lines.data[].price.recurring.meter',
      '+ lines.data[].price.custom_unit_amount',
    ],
    because: 'They came to plans and prices after the payload was made, and those went from lines with basil.',
  },
  {
    in: /^2020-03-02\.customer\.subscription/,
    keys: ['+ plan.meter'],
    because: 'It came to plans after the payload was made, and the plan is no longer beside the items.',
  },
  {
    in: /^2020-03-02\.payment_intent/,
    keys: ['+ charges'],
    because: 'The payload names a latest charge and lists none: it was made in a version since 2022-11-15.',
  },
  {
    in: /invoice\.deleted/,
    keys: ['- lines.data[].invoice_item', '+ lines.data[].subscription_item'],
    because: 'Its line is an item that somebody added by hand; ours are of subscriptions.',
  },
  {
    in: /^2026-07-29\.dahlia\.invoice/,
    keys: ['- subscription'],
    because: 'The fixture was filled in by hand: the SDK has no such property, nor has the payload since basil.',
  },
]

let simulator: StripeSimulator
const occurred = new Set<string>()

beforeAll(async () => {
  simulator = await startStripe({ seed: 'shapes', clock: { manual: true } })
  everyState(simulator)
})
afterAll(() => simulator.stop())

/** Keys that one has and the other has not, wherever both have something to look into. */
function differences(real: unknown, ours: unknown, path = ''): string[] {
  if (Array.isArray(real) && Array.isArray(ours)) {
    return real.length > 0 && ours.length > 0 ? differences(real[0], ours[0], `${path}[]`) : []
  }
  if (!isObject(real) || !isObject(ours) || path.endsWith('metadata')) return []
  return [...new Set([...Object.keys(real), ...Object.keys(ours)])].flatMap((key) => {
    const inner = path === '' ? key : `${path}.${key}`
    if (!(key in ours)) return [`- ${inner}`]
    return key in real ? differences(real[key], ours[key], inner) : [`+ ${inner}`]
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Of events of the same type, or where we have none of the same kind of object, the one that is most alike. */
function unexplained(real: Payload, version: string): string[] {
  const all = [...simulator.account.events.events]
  const ofType = all.filter(({ type }) => type === real.type)
  const alike =
    ofType.length > 0 ? ofType : all.filter(({ objectJson }) => kindOf(objectJson) === real.data.object.object)
  const found = alike.map((event) => {
    const current = shown(event, CURRENT_VERSION)
    const keys = differences(real.data.object, shown(event, version))
    return keys.filter((key) => key.startsWith('-') || !has(current, key.slice(2)))
  })
  return found.sort((a, b) => a.length - b.length)[0] ?? [`no event with a ${real.data.object.object}`]
}

function kindOf(json: string): unknown {
  return (JSON.parse(json) as { readonly object: string }).object
}

function shown(event: RecordedEvent, version: string): unknown {
  return JSON.parse(eventJson(event, version, false, simulator.account.store)).data.object
}

/** Whether there is such a key, such as `lines.data[].price`. */
function has(value: unknown, path: string): boolean {
  const [key = '', ...rest] = path.split('.')
  const name = key.replace('[]', '')
  if (!isObject(value) || !(name in value)) return false
  const inner = key.endsWith('[]') ? (value[name] as unknown[])[0] : value[name]
  return rest.length === 0 || has(inner, rest.join('.'))
}

const describeWithEvents = folder ? describe : describe.skip

describeWithEvents('the object of a simulated event', () => {
  it.each(files.length > 0 ? files : ['none'])('has the keys of %s, or there is a reason', (file) => {
    const real = JSON.parse(readFileSync(join(folder ?? '', file), 'utf8')) as Payload
    const listed = DIFFERENCES.filter((difference) => difference.in.test(file))

    const found = unexplained(real, VERSION_OF[file] ?? real.api_version)
    for (const { in: where, keys } of listed) {
      for (const key of keys) if (found.includes(key)) occurred.add(`${key} in ${where}`)
    }

    expect(found.filter((key) => !listed.some(({ keys }) => keys.includes(key)))).toEqual([])
  })

  it('differs in nothing that is listed and gone', () => {
    const listed = DIFFERENCES.flatMap(({ in: where, keys }) => keys.map((key) => `${key} in ${where}`))

    expect(listed.filter((key) => !occurred.has(key))).toEqual([])
  })
})
