import fc from 'fast-check'
import { PermanentError } from '../../src/errors.js'
import * as billingRecords from '../../src/stripe/billing-records.js'
import { readInvoiceFacts } from '../../src/stripe/invoice-facts.js'
import { readNotice } from '../../src/stripe/notice.js'
import { customerIn, redactEvent } from '../../src/stripe/redact-event.js'
import { readSubscriptionFacts } from '../../src/stripe/subscription-facts.js'
import { inWords, mostly, mutated, NUMBER, STEPS, type Step, textOf } from './mutations.js'
import { type Family, type Json, STRIPE_TYPES } from './seeds.js'
import { insist, type Target } from './target.js'
import { WIRES } from './wire.js'

interface FactsCase {
  readonly seed: number
  readonly type: string | null
  readonly steps: readonly Step[]
  readonly wire: (typeof DEPTHS)[number]
}

/** Nobody reads what is as large as a body may be a hundred thousand times: two are deep, and all others as they are. */
const DEPTHS = ['plain', 'deep arrays', 'deep objects'] as const

/** Every function that reads an object of Stripe's into our own words, on the event as JSON brings it. */
export function facts(families: readonly Family[]): Target<FactsCase> {
  const seeds = families.flatMap((family) => family.seeds)
  const lenders = seeds.map(({ event }) => event)
  const seedOf = ({ seed }: FactsCase) => seeds[seed % seeds.length] as (typeof seeds)[number]
  return {
    name: 'reading facts',
    cases: fc.record({
      seed: NUMBER,
      type: fc.option(fc.constantFrom(...STRIPE_TYPES)),
      steps: STEPS,
      wire: mostly<(typeof DEPTHS)[number]>('plain', fc.constantFrom(...DEPTHS), 60),
    }),
    attempt(one) {
      const { event } = seedOf(one)
      const payload = WIRES[one.wire](textOf(mutated(event, one.steps, lenders))).signed
      return READERS.map(([name, read]) => {
        const came = outcomeOf(name, () => read(payload, one.type ?? String(event.type)))
        return name === 'the notice' ? came : ''
      }).filter((word) => word !== '')
    },
    describe: (one) =>
      JSON.stringify({
        ...one,
        seed: seedOf(one).name,
        steps: inWords(seedOf(one).event, one.steps, lenders),
      }),
    close: async () => undefined,
  }
}

const objectIn = (payload: string) => (JSON.parse(payload) as { data?: { object?: Json } | null }).data?.object
const ofObject =
  (read: (object: unknown) => unknown): Reading =>
  (payload) =>
    read(objectIn(payload))

type Reading = (payload: string, type: string) => unknown

const READERS: readonly (readonly [name: string, read: Reading])[] = [
  ['the notice', (payload, type) => readNotice(type, payload, new Date(0))],
  ['the invoice', ofObject(readInvoiceFacts)],
  ['the subscription', ofObject((object) => readSubscriptionFacts(object, new Date(0)))],
  ...Object.entries(billingRecords).map(([name, read]) => [name, ofObject(read)] as const),
  ['the customer', customerIn],
  ['the event without the person', (payload) => void JSON.parse(redactEvent(payload))],
]

function outcomeOf(name: string, read: () => unknown): string {
  let told: unknown
  try {
    told = read()
  } catch (error) {
    insist(error instanceof PermanentError, `${name} can't be read: ${error}`)
    return 'refused'
  }
  const fault = faultIn(told)
  insist(fault === null, `${name} holds ${fault}`)
  return told === null ? 'of no concern' : 'read'
}

/** What Postgres would store otherwise than it is, or not at all. */
function faultIn(told: unknown): string | null {
  if (typeof told === 'string') return told.includes('\u0000') ? 'a NUL' : null
  if (typeof told === 'number') return Number.isSafeInteger(told) ? null : `the number ${told}`
  if (typeof told === 'function') return 'a function'
  if (told instanceof Date) return Number.isNaN(told.getTime()) ? 'no time' : null
  if (typeof told !== 'object' || told === null) return null
  for (const [key, value] of Object.entries(told)) {
    const fault = faultIn(value)
    if (fault) return `${fault} in ${key}`
  }
  return null
}
