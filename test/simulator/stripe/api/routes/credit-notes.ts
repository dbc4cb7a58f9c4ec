import type Stripe from 'stripe'
import { z } from 'zod'
import type { Account } from '../../account.js'
import { changeCreditNote, creditInvoice, voidCreditNote } from '../../billing/crediting.js'
import { namedCustomer } from '../customer-filter.js'
import { badRequest, noSuch, resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import {
  expand,
  inRange,
  integer,
  merged,
  metadata,
  notSimulated,
  oneOf,
  onlyExpand,
  page,
  range,
  text,
} from '../params.js'
import { route } from '../route.js'

const retrieve = route('GET', '/v1/credit_notes/:id', 'credit_note_read', onlyExpand, ({ account, id }) =>
  noteOf(account, id),
)

const list = route(
  'GET',
  '/v1/credit_notes',
  'credit_note_read',
  z.strictObject({
    ...page,
    invoice: text.optional(),
    customer: text.optional(),
    customer_account: text.optional(),
    created: range.optional(),
  } satisfies Record<keyof Stripe.CreditNoteListParams, z.ZodType>),
  ({ account, params }) => {
    const customer = namedCustomer(account, params)
    return pageOf('/v1/credit_notes', account.store.creditNotes, params, 'credit_note', (note) => {
      const { created, invoice } = params
      return (
        (invoice === undefined || note.invoice === invoice) &&
        (customer === undefined || note.customer === customer) &&
        inRange(note.created, created)
      )
    })
  },
)

const create = route(
  'POST',
  '/v1/credit_notes',
  'credit_note_write',
  z.strictObject({
    invoice: text,
    amount: integer.optional(),
    credit_amount: integer.optional(),
    out_of_band_amount: integer.optional(),
    refund_amount: integer.optional(),
    reason: oneOf(['duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory']).optional(),
    memo: text.optional(),
    metadata: metadata.optional(),
    email_type: oneOf(['credit_note', 'none']).optional(),
    expand: expand.optional(),
    ...notSimulated('effective_at', 'lines', 'refunds', 'shipping_cost'),
  } satisfies Record<keyof Stripe.CreditNoteCreateParams, z.ZodType>),
  ({ account, params }) => {
    const { amount, memo, metadata: given, reason } = params
    const invoice = account.store.invoices.get(params.invoice)
    if (!invoice) throw noSuch('invoice', params.invoice, 'invoice')
    if (amount === undefined) throw badRequest('You must pass one of `amount`, `lines`, or `shipping_cost`.', 'amount')
    const { credit_amount: balance = 0, out_of_band_amount: outOfBand = 0, refund_amount: refund = 0 } = params
    const givenBack = { balance, outOfBand, refund }
    return creditInvoice(account, invoice, { amount, givenBack, memo, metadata: merged({}, given ?? null), reason })
  },
)

const change = route(
  'POST',
  '/v1/credit_notes/:id',
  'credit_note_write',
  z.strictObject({
    memo: text.optional(),
    metadata: metadata.optional(),
    expand: expand.optional(),
  } satisfies Record<keyof Stripe.CreditNoteUpdateParams, z.ZodType>),
  ({ account, id, params }) => {
    const note = noteOf(account, id)
    const { memo, metadata: given } = params
    changeCreditNote(account, note, { memo, metadata: given === undefined ? undefined : merged(note.metadata, given) })
    return note
  },
)

const voided = route('POST', '/v1/credit_notes/:id/void', 'credit_note_write', onlyExpand, ({ account, id }) => {
  const note = noteOf(account, id)
  voidCreditNote(account, note)
  return note
})

export const creditNoteRoutes = [retrieve, list, create, change, voided]

function noteOf(account: Account, id: string) {
  const note = account.store.creditNotes.get(id)
  if (!note) throw resourceMissing('credit_note', id, 'id')
  return note
}
