import { listInside } from '../objects/wire.js'
import type { Store } from '../store.js'
import type { Json } from '../versions/step.js'
import { cannotExpand, expandedTooDeep, NotSimulatedError } from './errors.js'
import type { Render } from './render.js'

const MAX_LEVELS = 4

export interface Expansion {
  readonly store: Store
  /** Shapes what is opened. */
  readonly render: Render
  /** Called with the kind of each object that is opened, so that the key's permissions can be asked. */
  readonly onOpen: (kind: string) => void
}

/** The `data` of a list counts as a level. Source: docs.stripe.com/expand */
export function demandDepth(paths: readonly string[]): void {
  for (const path of paths) if (path.split('.').length > MAX_LEVELS) throw expandedTooDeep(path, MAX_LEVELS)
}

/** Opens the named ids of an answer to objects, in place. Throws Stripe's errors for paths that it would refuse. */
export function expandPaths(expansion: Expansion, answer: Json, paths: readonly string[]): Json {
  for (const path of paths) {
    const fields = path.split('.')
    if (answer.object === 'list' && fields[0] !== 'data') throw cannotExpand(path, `data.${path}`)
    open(expansion, answer, fields, path)
  }
  return answer
}

function open(expansion: Expansion, at: Json, fields: readonly string[], path: string): void {
  const { onOpen, render, store } = expansion
  const [field, ...rest] = fields
  // Of what was deleted a stub is left, in which there is nothing to open.
  if (field === undefined || at.deleted === true) return
  const include = at[field] === undefined ? INCLUDED[`${at.object}.${field}`] : undefined
  if (include) at[field] = include(expansion, String(at.id))
  const value = at[field]
  // A hash of one kind lacks the fields of its other kinds, such as a payment record's the payment intent.
  if (value === undefined && at.object === undefined && at.type !== undefined) return
  if (NOT_INCLUDED.has(`${at.object}.${field}`)) throw new NotSimulatedError(`expand=${path}`, 'expand')
  if (value === undefined) throw cannotExpand(path)
  if (value === null || (include && typeof value === 'number')) return
  if (typeof value === 'string') {
    const found = store.find(value)
    if (!found) throw cannotExpand(path)
    onOpen(found.object)
    const opened = render(found)
    at[field] = opened
    open(expansion, opened, rest, path)
    return
  }
  for (const item of Array.isArray(value) ? value : [value]) {
    if (typeof item !== 'object' || item === null) throw cannotExpand(path)
    if (rest.length === 0 && item.object === undefined) throw cannotExpand(path)
    open(expansion, item, rest, path)
  }
}

/** Stripe knows these, too. */
const NOT_INCLUDED: ReadonlySet<string> = new Set([
  'customer.cash_balance',
  'customer.tax',
  'invoice.confirmation_secret',
])

/** Fields that are in an answer only where they are asked for. */
const INCLUDED: Readonly<Record<string, (expansion: Expansion, id: string) => unknown>> = {
  'charge.refunds': ({ onOpen, render, store }, charge) => {
    onOpen('refund')
    return listInside(`/v1/charges/${charge}/refunds`, store.refunds.of(charge).map(render).reverse())
  },
  'customer.sources': (_expansion, customer) => listInside(`/v1/customers/${customer}/sources`, []),
  'customer.subscriptions': ({ onOpen, render, store }, customer) => {
    onOpen('subscription')
    const running = store.subscriptions.of(customer).filter(({ status }) => status !== 'canceled')
    return listInside(`/v1/customers/${customer}/subscriptions`, running.map(render).reverse())
  },
  'customer.tax_ids': (_expansion, customer) => listInside(`/v1/customers/${customer}/tax_ids`, []),
  'invoice.amount_paid_off_stripe': ({ store }, invoice) => {
    const outside = store.paymentsOf(invoice).filter(({ payment }) => payment.type === 'payment_record')
    return outside.reduce((sum, { amount_paid }) => sum + (amount_paid ?? 0), 0)
  },
  'invoice.payments': ({ onOpen, render, store }, invoice) => {
    onOpen('invoice_payment')
    return listInside(`/v1/invoice_payments?invoice=${invoice}`, store.paymentsOf(invoice).map(render))
  },
}
