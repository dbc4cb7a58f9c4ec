import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Diagnostic } from '../db/models/diagnostic.js'
import { DiagnosticFinding } from '../db/models/diagnostic-finding.js'
import { ForgottenCustomer } from '../db/models/forgotten-customer.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { StripeEvent } from '../db/models/stripe-event.js'
import { Touch } from '../db/models/touch.js'
import { customerIn, redactEvent } from '../stripe/redact-event.js'
import { addressesMailed, ERASED, eraseMails, isMailedOtherwise, lockCustomer, lockDeliveriesTo } from './forgotten.js'
import { forgetSuppressed } from './suppressions.js'
import { addEntry } from './timeline.js'

interface Forgetting {
  readonly workspaceId: string
  readonly stripeCustomerId: string
}

/** `unknown`: nothing of this customer was there; it is remembered all the same that nothing may be kept. */
export type Forgotten = 'forgotten' | 'was_forgotten' | 'unknown'

/**
 * Erases what we know of a customer as a person: name, address, languages and card on the cases, the mails, and the
 * events' payloads down to ids, states and sums. What was at risk and what came of it stays. Nobody is written to any
 * more, and what Stripe says later is stored without the person. One commit; running it twice changes nothing.
 *
 * A mail that is on its way can't be called back; it is erased once its fate is known.
 */
export async function forgetCustomer(context: Context, forgetting: Forgetting): Promise<Forgotten> {
  for (;;) {
    const forgotten = await forget(context, forgetting).catch((error: unknown) => {
      if (error !== MAILED_MEANWHILE) throw error
    })
    if (forgotten) return forgotten
  }
}

/**
 * A mail was fixed while we waited for the cases. Its delivery comes before them in the order of locks, as whoever hears
 * of a mail holds it and then writes on the timeline: so everything is let go, and taken again in order.
 */
const MAILED_MEANWHILE = Symbol('mailed meanwhile')

function forget(context: Context, { workspaceId, stripeCustomerId }: Forgetting): Promise<Forgotten> {
  return context.db.transaction(async (trx) => {
    await lockCustomer(trx, workspaceId, stripeCustomerId)
    if (await ForgottenCustomer.query(trx).findById([workspaceId, stripeCustomerId])) return 'was_forgotten'
    await ForgottenCustomer.query(trx).insert({
      workspace_id: workspaceId,
      stripe_customer_id: stripeCustomerId,
      forgotten_at: context.now(),
    })
    // One that is being added up waits for us, or we for it.
    await Diagnostic.query(trx).where({ workspace_id: workspaceId, ended_at: null }).forNoKeyUpdate().select('id')
    await DiagnosticFinding.query(trx)
      .where({ workspace_id: workspaceId, stripe_customer_id: stripeCustomerId })
      .patch({ customer_name: null })
    const deliveries = await lockDeliveriesTo(trx, workspaceId, stripeCustomerId)
    const cases = await RecoveryCase.query(trx)
      .where({ workspace_id: workspaceId, stripe_customer_id: stripeCustomerId })
      .orderBy('id')
      .forUpdate()
    if (await isMailedOtherwise(trx, workspaceId, stripeCustomerId, deliveries)) throw MAILED_MEANWHILE
    const addresses = cases.flatMap(({ customer_email }) => customer_email ?? [])
    const mailed = await addressesMailed(trx, workspaceId, stripeCustomerId)
    await forgetSuppressed(trx, workspaceId, [...addresses, ...mailed])
    for (const recoveryCase of cases) await eraseCase(context, trx, recoveryCase)
    await eraseMails(context, trx, workspaceId, {})
    const events = await redactEvents(trx, workspaceId, stripeCustomerId, addresses)
    return cases.length + events > 0 ? 'forgotten' : 'unknown'
  })
}

async function eraseCase({ now }: Context, trx: Db, recoveryCase: RecoveryCase): Promise<void> {
  const { workspace_id, id } = recoveryCase
  await recoveryCase.$query(trx).patch(ERASED)
  await Touch.query(trx)
    .where({ workspace_id, case_id: id, mail_id: null, skipped_at: null, canceled_at: null })
    .patch({ canceled_at: now(), reason: 'customer_forgotten' })
  await trx.raw(
    `update case_entries set detail = (detail::jsonb || '{"card": null}')::json
     where workspace_id = ? and case_id = ? and kind in ('charge_failed', 'card_changed')`,
    [workspace_id, id],
  )
  await addEntry(trx, recoveryCase, { kind: 'customer_forgotten', detail: {} }, { at: now() })
}

const BATCH = 100

/** Events that name the customer, and those that name nobody but hold the address, such as a dispute's evidence. */
async function redactEvents(trx: Db, workspaceId: string, customerId: string, addresses: string[]): Promise<number> {
  const needles = [JSON.stringify(customerId), ...new Set(addresses)]
  let redacted = 0
  for (let after: string | null = null; ; ) {
    const found: StripeEvent[] = await StripeEvent.query(trx)
      .where({ workspace_id: workspaceId })
      .modify((rows) => {
        if (after) void rows.where('id', '>', after)
      })
      .where((either) => {
        for (const needle of needles) void either.orWhereRaw('strpos(payload, ?) > 0', [needle])
      })
      .orderBy('id')
      .limit(BATCH)
      .select('workspace_id', 'id', 'payload')
    for (const { id, payload } of found) {
      if (![null, customerId].includes(customerIn(payload))) continue
      await StripeEvent.query(trx)
        .findById([workspaceId, id])
        .patch({ payload: redactEvent(payload) })
      redacted += 1
    }
    if (found.length < BATCH) return redacted
    after = found.at(-1)?.id ?? null
  }
}
