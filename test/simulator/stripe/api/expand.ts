import { listInside } from '../objects/wire.js'
import type { Store } from '../store.js'
import { badRequest } from './errors.js'

type Json = Record<string, unknown>

const MAX_LEVELS = 4

/** Called with the kind of each object that an expansion opens, so that the key's permissions can be asked. */
export type OnOpen = (kind: string) => void

/** A copy of the answer with the named ids opened to objects. Throws Stripe's errors for paths it would refuse. */
export function expandPaths(store: Store, answer: object, paths: readonly string[], onOpen: OnOpen): object {
  if (paths.length === 0) return answer
  const copy = JSON.parse(JSON.stringify(answer)) as Json
  for (const path of paths) {
    const fields = path.split('.')
    if (fields.length > MAX_LEVELS) {
      throw badRequest(`You cannot expand more than ${MAX_LEVELS} levels of a property. Property: ${path}`, 'expand')
    }
    if (copy.object === 'list' && fields[0] !== 'data') {
      throw badRequest(
        `This property cannot be expanded (${fields[0]}). You may want to try expanding 'data.${path}' instead.`,
        'expand',
      )
    }
    open(store, copy, fields, path, onOpen)
  }
  return copy
}

function open(store: Store, at: Json, fields: readonly string[], path: string, onOpen: OnOpen): void {
  const [field, ...rest] = fields
  if (field === undefined) return
  if (field === 'payments' && at.object === 'invoice' && at.payments === undefined) {
    at.payments = paymentsOf(store, String(at.id))
    onOpen('invoice_payment')
  }
  const value = at[field]
  if (value === undefined) throw badRequest(`This property cannot be expanded (${path}).`, 'expand')
  if (value === null) return
  if (typeof value === 'string') {
    const found = store.find(value)
    if (!found) throw badRequest(`This property cannot be expanded (${path}).`, 'expand')
    onOpen(found.object)
    const opened = JSON.parse(JSON.stringify(found)) as Json
    at[field] = opened
    open(store, opened, rest, path, onOpen)
    return
  }
  const below = Array.isArray(value) ? value : [value]
  for (const item of below) {
    if (typeof item !== 'object' || item === null) {
      throw badRequest(`This property cannot be expanded (${path}).`, 'expand')
    }
    const json = item as Json
    if (rest.length === 0 && json.object === undefined) {
      throw badRequest(`This property cannot be expanded (${path}).`, 'expand')
    }
    open(store, json, rest, path, onOpen)
  }
}

function paymentsOf(store: Store, invoice: string): object {
  const payment = store.paymentOf(invoice)
  return listInside(
    `/v1/invoice_payments?invoice=${invoice}`,
    payment ? [JSON.parse(JSON.stringify(payment)) as Json] : [],
  )
}
