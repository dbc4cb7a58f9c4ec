import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Delivery } from '../db/models/delivery.js'
import { ForgottenCustomer } from '../db/models/forgotten-customer.js'
import { Mail } from '../db/models/mail.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import type { InvoiceFacts } from '../stripe/invoice-facts.js'
import { type MailContent, mailPlace } from './write-mail.js'

/**
 * Whether nothing personal of a customer may be stored. Until the end of the transaction nobody can begin to forget the
 * customer: what is written now is either seen by whoever forgets, or written without the person. Ask before any row is
 * locked.
 */
export async function isForgotten(trx: Db, workspaceId: string, customerId: string | null): Promise<boolean> {
  if (customerId === null) return false
  await trx.raw('select pg_advisory_xact_lock_shared(hashtextextended(?, 0))', [lockName(workspaceId, customerId)])
  const row = await ForgottenCustomer.query(trx).findById([workspaceId, customerId])
  return row !== undefined
}

/** Waits for whoever writes about the customer, and lets nobody begin until the end of the transaction. */
export async function lockCustomer(trx: Db, workspaceId: string, customerId: string): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [lockName(workspaceId, customerId)])
}

const lockName = (workspaceId: string, customerId: string) => `person ${workspaceId} ${customerId}`

/** What an invoice says, without whom it is about. The customer's id stays: it is what Stripe calls the debt's owner. */
export function withoutPerson(facts: InvoiceFacts): InvoiceFacts {
  return {
    ...facts,
    hostedInvoiceUrl: null,
    customer: { ...facts.customer, name: null, email: null, locales: [] },
    card: null,
  }
}

/** Columns of a case that tell of a person, emptied. */
export const ERASED = {
  customer_name: null,
  customer_email: null,
  customer_locales: null,
  hosted_invoice_url: null,
  card_brand: null,
  card_last4: null,
} as const

const ERASED_ADDRESS = 'erased'

/**
 * Erases address and words of mails to forgotten customers, and of digests, which name customers and are read by nobody
 * here; once their delivery is over: a repeat must be the same to the letter, so one that is under way is left until its
 * fate is known.
 */
export async function eraseMails({ cipher, now }: Context, trx: Db, workspaceId: string, among: Mails): Promise<void> {
  const forgotten = ForgottenCustomer.query(trx).where({ workspace_id: workspaceId }).select('stripe_customer_id')
  const cases = RecoveryCase.query(trx)
    .where({ workspace_id: workspaceId })
    .whereIn('stripe_customer_id', forgotten)
    .select('id')
  const mailIds = Touch.query(trx).where({ workspace_id: workspaceId }).whereIn('case_id', cases).select('mail_id')
  const over = Delivery.query(trx)
    .where({ workspace_id: workspaceId, ...(among.deliveryId && { id: among.deliveryId }) })
    .whereRaw('num_nonnulls(answered_at, dissolved_at, abandoned_at) > 0')
    .select('id')
  const content: MailContent = { html: '', text: '', headers: {} }
  await Mail.query(trx)
    .where({ workspace_id: workspaceId, erased_at: null })
    .whereIn('delivery_id', over)
    .where((either) => either.where({ is_digest: true }).orWhereIn('id', mailIds))
    .patch({
      to_address: ERASED_ADDRESS,
      content_sealed: cipher.seal(JSON.stringify(content), mailPlace(workspaceId)),
      reason: null,
      erased_at: now(),
    })
}

interface Mails {
  /** Absent: all of the workspace's. */
  readonly deliveryId?: string
}

/** Waits for whoever records what became of a delivery that holds a mail to this customer. */
export async function lockDeliveriesTo(trx: Db, workspaceId: string, customerId: string): Promise<Set<string>> {
  const deliveries = mailsTo(trx, workspaceId, customerId).select('delivery_id')
  const locked = await Delivery.query(trx).whereIn('id', deliveries).orderBy('id').forUpdate().select('id')
  return new Set(locked.map(({ id }) => id))
}

/** Whether a mail to this customer is in none of these deliveries: it was fixed since. */
export async function isMailedOtherwise(
  trx: Db,
  workspaceId: string,
  customerId: string,
  deliveryIds: ReadonlySet<string>,
): Promise<boolean> {
  const other = mailsTo(trx, workspaceId, customerId).whereNotIn('delivery_id', [...deliveryIds])
  return (await other.resultSize()) > 0
}

/** Where the customer's mails went: an address that Stripe knew once may be another today. */
export async function addressesMailed(trx: Db, workspaceId: string, customerId: string): Promise<string[]> {
  const mails = await mailsTo(trx, workspaceId, customerId).where({ erased_at: null }).distinct('to_address')
  return mails.map(({ to_address }) => to_address)
}

function mailsTo(trx: Db, workspaceId: string, customerId: string) {
  const cases = RecoveryCase.query(trx)
    .where({ workspace_id: workspaceId, stripe_customer_id: customerId })
    .select('id')
  const mailIds = Touch.query(trx).where({ workspace_id: workspaceId }).whereIn('case_id', cases).select('mail_id')
  return Mail.query(trx).where({ workspace_id: workspaceId }).whereIn('id', mailIds)
}
