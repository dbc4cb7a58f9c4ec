import { createHash } from 'node:crypto'
import type { Db } from '../../src/db/knex.js'
import type { MailSimulator, StripeSimulator } from '../simulator/index.js'

type Json = Record<string, unknown>

export interface WholePicture {
  /** By table. */
  readonly stored: Readonly<Record<string, readonly Json[]>>
  readonly mails: readonly { readonly to: readonly string[]; readonly subject: string; readonly text: string }[]
  readonly stripe: ReturnType<typeof stripeDid>
}

/** Limits and pace: what is spent in them says nothing of what was done. */
const PACE = ['knex_migrations', 'knex_migrations_lock', 'mail_pacing', 'rate_limits', 'stripe_budgets']
/** How often and how late: a crash may cost that. */
const EFFORT = new Set(['tries', 'idempotency_key', 'afterMs', 'link_mints', 'deliveries.reason', 'looked_after'])
/** Each is made anew for whoever asks again, and paid for by nobody. */
const FLEETING = /^POST \/v1\/billing_portal\/sessions$/

/**
 * All that a world came to, for comparing it with another: every row of every table, every mail that the provider took,
 * and what Stripe was made to do. Without what may differ between two worlds in which the same happened: random ids and
 * tokens, times (whether there is one, not which), and how many tries it took.
 */
export async function wholePicture({ context, stripe, mail }: Told): Promise<WholePicture> {
  const { tables, times } = await columns(context.db)
  const rows = await context.db.raw<{ rows: { name: string; row: Json }[] }>(
    tables.map((table) => `select '${table}' as name, to_jsonb(t) as row from "${table}" t`).join(' union all '),
  )
  const names = new Map<string, string>()
  for (const { row } of rows.rows) {
    const name = row.stripe_event_id ?? row.stripe_invoice_id
    if (typeof row.id === 'string' && typeof name === 'string') names.set(row.id, name)
  }
  const stored: Record<string, Json[]> = {}
  for (const { name, row } of rows.rows) {
    stored[name] = [...(stored[name] ?? []), shown(row, { table: name, times: times.get(name), names })]
  }
  for (const each of Object.values(stored)) each.sort(byText)
  return {
    stored,
    mails: mail.inbox.mails
      .map(({ to, subject, text }) => ({ to: to.map(plain), subject, text: plain(text ?? '') }))
      .sort(byText),
    stripe: stripeDid(stripe),
  }

  function plain(text: string) {
    return withoutChance(text, names)
  }
}

interface Told {
  readonly context: { readonly db: Db }
  readonly stripe: StripeSimulator
  readonly mail: MailSimulator
}

const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

let known: { tables: string[]; times: Map<string, Set<string>> } | undefined

async function columns(db: Db) {
  if (known) return known
  const found: { table_name: string; column_name: string; data_type: string }[] = await db('information_schema.columns')
    .where({ table_schema: 'public' })
    .whereNotIn('table_name', PACE)
    .orderBy('table_name')
    .select('table_name', 'column_name', 'data_type')
  const times = new Map<string, Set<string>>()
  for (const { table_name, column_name, data_type } of found) {
    const ofTable = times.get(table_name) ?? new Set()
    if (data_type.startsWith('timestamp')) ofTable.add(column_name)
    times.set(table_name, ofTable)
  }
  known = { tables: [...times.keys()], times }
  return known
}

interface How {
  readonly table?: string
  readonly times?: ReadonlySet<string> | undefined
  readonly names: ReadonlyMap<string, string>
}

function shown(value: Json, { table, times, names }: How): Json {
  const entries = Object.entries(value).filter(([key]) => !EFFORT.has(key) && !EFFORT.has(`${table}.${key}`))
  return Object.fromEntries(entries.map(([key, each]) => [key, shownOne(key, each, { times, names })]))
}

function shownOne(key: string, value: unknown, { times, names }: How): unknown {
  if (value === null) return null
  if (times?.has(key)) return 'a time'
  if (key === 'id' && typeof value === 'number') return 'a number'
  if (typeof value === 'string') {
    // A sealed text begins with the id of its key.
    if (key.endsWith('_sealed')) return value.split('.').slice(0, 2).join('.')
    if (key.endsWith('_hash')) return 'a hash'
    return inShort(withoutChance(value, names))
  }
  if (Array.isArray(value)) return value.map((each) => shownOne('', each, { names }))
  return typeof value === 'object' ? shown(value as Json, { names }) : value
}

/** Random, or of its own moment: what stands for it, in this order. */
const CHANCE: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT[\d:.]+(Z|\+[\d:]+)/g, 'a time'],
  [/\b1[789]\d{8}\b/g, 'a time'], // Seconds since 1970, as Stripe tells them.
  [/\b127\.0\.0\.1:\d+/g, 'localhost'],
  [/\breq_\w+/g, 'a request'],
  [/[\w-]{32,}/g, 'a token'],
]
const UUID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g

function withoutChance(text: string, names: ReadonlyMap<string, string>): string {
  const named = text.replace(UUID, (id) => names.get(id) ?? 'an id')
  return CHANCE.reduce((left, [pattern, word]) => left.replace(pattern, word), named)
}

const SHORT = 300

/** Whole payloads would bury the difference that matters. */
function inShort(text: string): string {
  if (text.length <= SHORT) return text
  return `${text.slice(0, 60)}… (${createHash('sha256').update(text).digest('hex').slice(0, 12)})`
}

function stripeDid({ account, log, webhooks }: StripeSimulator) {
  const { store } = account
  return {
    asked: log.calls
      .filter(({ method, status, replayed }) => method !== 'GET' && status >= 200 && status < 300 && !replayed)
      .map(({ method, path }) => `${method} ${path}`)
      .filter((call) => !FLEETING.test(call)),
    invoices: [...store.invoices].map(({ id, status, amount_paid, amount_remaining }) => ({
      id,
      status,
      amount_paid,
      amount_remaining,
    })),
    charges: [...store.charges].map(({ id, status, amount, payment_method }) => ({
      id,
      status,
      amount,
      payment_method,
    })),
    subscriptions: [...store.subscriptions].map(({ id, status, default_payment_method }) => ({
      id,
      status,
      default_payment_method,
    })),
    endpoints: webhooks.endpoints.map(({ id, disabled, events }) => ({ id, disabled, events })),
  }
}
