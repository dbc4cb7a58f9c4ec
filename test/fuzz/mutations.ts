import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { Json } from './seeds.js'

/**
 * One change of an event's structure. Numbers choose by their remainder, so that every step fits every event and a case
 * can be made smaller by fast-check.
 */
export interface Step {
  readonly change: Change
  /** Which of the event's places; `read`: among those that we read. */
  readonly place: number
  readonly among: 'read' | 'all'
  /** Which hostile value. */
  readonly value: number
  /** Which event, and which of its places, lends what stands there. */
  readonly lender: number
  readonly lent: number
}

type Change = (typeof CHANGES)[number]
const CHANGES = [
  'replace',
  'drop',
  'swap',
  'double',
  'empty',
  'lengthen',
  'nest',
  'expand',
  'unexpand',
  'rename',
  'poison',
] as const

/** Chooses by its remainder, each as often as any other. */
export const NUMBER = fc.noBias(fc.integer({ min: 0, max: 10_000 }))

const aStep: fc.Arbitrary<Step> = fc.record({
  change: fc.oneof({ weight: 5, arbitrary: fc.constant('replace' as const) }, fc.constantFrom(...CHANGES)),
  place: NUMBER,
  among: fc.constantFrom('read', 'all'),
  value: NUMBER,
  lender: NUMBER,
  lent: NUMBER,
})

/** Mostly the first, so that what lies behind it is reached. */
export const mostly = <Value>(first: Value, others: fc.Arbitrary<Value>, weight = 6) =>
  fc.oneof({ weight, arbitrary: fc.constant(first) }, { weight: 1, arbitrary: others })

/** None, some, or many. */
export const STEPS = fc.oneof(fc.constant([]), fc.array(aStep, { maxLength: 5 }), fc.array(aStep, { maxLength: 2 }))

/** What is put in the place of a value is written to JSON as it is: numbers that JavaScript has no literal for. */
const raw = (text: string) => `RAW<${text}>`
const RAW = /"RAW<([^>]*)>"/g
const TWICE = '\u0001twice'
const NAMED_TWICE = /\\u0001twice"/g

/** Long, and nothing that Postgres could compress below the limit of an index. */
const noise = (bytes: number) =>
  Array.from({ length: Math.ceil(bytes / 64) }, (_, nth) => createHash('sha256').update(`${nth}`).digest('hex'))
    .join('')
    .slice(0, bytes)

const deep = (levels: number, inner: unknown = null): unknown => (levels === 0 ? inner : { data: [deep(levels - 1)] })

const NUMBERS = [
  ...[0, 1, -1, 0.5, -0.5, 99_999_999, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1e15, 8.64e12],
  ...[8_640_000_000_001, 253_402_300_799, 253_402_300_800, 9_000_000_000_000_000, 1e300],
  ...[raw('1e999'), raw('-1e999'), raw('-0'), raw('1E2'), raw('12345678901234567890'), raw('0.1e-400')],
]
const STRINGS = [
  ...['', ' ', '\t\n', 'x', '0', '-1', '1e9', 'null', 'true', 'NaN', 'usd', 'USD', 'zzz', 'jpy', 'bhd', 'us\u0000'],
  ...['a\u0000b', '\u0000', '\ud800', 'x\udfff', '\ud83d', '\u202egnirts', '\ufeff', '\u2028', '\uffff', '\u0007'],
  ...[
    '🇩🇪👩‍👩‍👧',
    'é'.repeat(200),
    'e\u0301',
    'ﷺ',
    "'; drop table owners; --",
    '%s%n',
    '\\',
    '$1',
    '{}',
    '<script>',
    '"',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'in_',
    'in_renewal',
    'cus_ada',
    'sub_pro',
    'ch_renewal',
  ],
  ...[
    'https://a/\u0000',
    'https://a\u0000',
    'javascript:alert(1)',
    'https://[',
    'http://x',
    'https://x.example/é?\ud800',
  ],
  ...[
    'x-klingon-!!',
    'de-DE-u-co-phonebk',
    'en_US',
    'root',
    'zh-Hant',
    'a@b',
    '@',
    'ada@example.com\r\nBcc: x@y.example',
  ],
  ...[
    '2026-11-23T10:00:00Z',
    '+275760-09-13T00:00:00.000Z',
    '-271821-04-20T00:00:00.000Z',
    '0000-01-01',
    '10000-01-01',
  ],
  ...['open', 'paid', 'void', 'uncollectible', 'draft', 'lost', 'won', 'needs_response', 'canceled', 'payment_record'],
  ...[
    'invoice',
    'charge',
    'subscription',
    'customer',
    'subscription_cycle',
    'subscription_item_details',
    'year',
    'day',
  ],
  ...['x'.repeat(255), 'x'.repeat(256), 'x'.repeat(3_000), noise(3_000), noise(9_000), `in_${noise(20_000)}`],
  ...[
    '1 × Pro (at $30.00 / every 999 months)',
    `${'('.repeat(5_000)} / month)`,
    `Unused time on ${'a '.repeat(3_000)}`,
  ],
]
const SHAPES_OF_NOTHING = [
  ...[null, true, false, [], {}, [[]], [null], [{}], { data: null }, { data: {} }, { data: [null, 1, 'x', []] }],
  ...[{ id: null }, { id: '' }, { id: 1 }, { id: 'x\u0000' }, { id: { id: 'x' } }, { object: 'list', data: [{}] }],
  ...[deep(3), deep(200), Array(500).fill('x'), Array(50).fill({ id: 'in_renewal' })],
]
const HOSTILE: readonly unknown[] = [...NUMBERS, ...STRINGS, ...SHAPES_OF_NOTHING]
const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'prototype',
  'id',
  'object',
  'data',
  '',
  '\u0000',
  '\ud800',
  'x'.repeat(500),
]

/** What the product reads of an event: a change there is more often felt than one elsewhere. */
const READ =
  /^(id|type|created|livemode|object|data|.*amount.*|currency|customer.*|status.*|number|billing.*|.*subscription.*|attempt.*|next_payment_attempt|hosted_invoice_url|lines|period.*|payment.*|charge.*|last_payment_error|.*decline_code|code|default_.*|.*card.*|brand|last4|exp_.*|email|name|preferred_locales|previous_attributes|invoice.*|refund.*|latest_charge|plan|price.*|pricing|product|interval.*|recurring|description|.*_at|pause_collection|email_id|to|tags|mail|bounce|subType|failed|reason|click|timestamp|userAgent)$/

interface Place {
  readonly holder: Json
  readonly key: string
}

/** The event after these steps; the one that was given stays as it is. */
export function mutated(event: Json, steps: readonly Step[], lenders: readonly Json[]): Json {
  const copy = structuredClone(event)
  for (const step of steps) change(copy, step, lenders)
  return copy
}

/** As it is sent. Not all of it could be parsed and written again unchanged: names may stand twice. */
export const textOf = (event: unknown): string => JSON.stringify(event).replace(RAW, '$1').replace(NAMED_TWICE, '"')

/** The steps in words, for whoever looks for the fault. */
export function inWords(event: Json, steps: readonly Step[], lenders: readonly Json[]): string[] {
  const copy = structuredClone(event)
  return steps.map((step) => change(copy, step, lenders))
}

function change(event: Json, step: Step, lenders: readonly Json[]): string {
  const place = chosen(placesIn(event), step)
  if (!place) return 'nothing is left to change'
  const { holder, key } = place
  const told = CHANGING[step.change](holder, key, step, lenders)
  return `${step.change} ${key}${told === undefined ? '' : `: ${short(told)}`}`
}

type Changing = (holder: Json, key: string, step: Step, lenders: readonly Json[]) => unknown

const CHANGING: Readonly<Record<Change, Changing>> = {
  replace: (holder, key, { value }) => put(holder, key, structuredClone(HOSTILE[value % HOSTILE.length])),
  drop(holder, key) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete holder[key]
  },
  swap(holder, key, { lender, lent }, lenders) {
    const places = placesIn(lenders[lender % lenders.length] ?? {})
    const from = places[lent % places.length]
    return put(holder, key, structuredClone(from?.holder[from.key]))
  },
  double(holder, key, { value }) {
    if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]))
    else put(holder, key + TWICE, structuredClone(value % 2 ? holder[key] : HOSTILE[value % HOSTILE.length]))
  },
  empty: (holder, key) => put(holder, key, Array.isArray(holder[key]) ? [] : {}),
  lengthen(holder, key, { value }) {
    const one = holder[key]
    const many = Array.isArray(one) ? one : [one]
    put(
      holder,
      key,
      Array.from({ length: 2 + (value % 60) }, (_, nth) => structuredClone(many[nth % many.length])),
    )
  },
  nest: (holder, key) => put(holder, key, [holder[key]]),
  expand: (holder, key) => put(holder, key, { id: holder[key], object: key }),
  unexpand: (holder, key) => put(holder, key, (holder[key] as Json | null)?.id),
  rename(holder, key, { value }) {
    const name = KEYS[value % KEYS.length] ?? ''
    const inner = holder[key]
    delete holder[key]
    return `${name.slice(0, 20)}, ${short(put(holder, name, inner))}`
  },
  poison(holder, _, { value }) {
    const name = KEYS[value % KEYS.length] ?? ''
    put(holder, name, structuredClone(HOSTILE[value % HOSTILE.length]))
    return name.slice(0, 20)
  },
}

/** Also under a name that an assignment would take for something else. */
function put(holder: Json, key: string, value: unknown): unknown {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
  return value
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Json
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])])
}

function chosen(places: readonly Place[], { place, among }: Step): Place | undefined {
  const read = among === 'read' ? places.filter(({ key }) => READ.test(key)) : []
  const from = read.length > 0 ? read : places
  return from[place % from.length]
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 80 ? `${text.slice(0, 80)}… (${text.length})` : text
}
