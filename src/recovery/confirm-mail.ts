import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import type { Delivery } from '../db/models/delivery.js'
import { Mail } from '../db/models/mail.js'
import { acceptMails } from './accept-mail.js'
import { eraseMails } from './forgotten.js'

/**
 * The provider has taken a mail, though nobody heard its answer. Once the fate of all its mails is known, the delivery is
 * answered, also one that was given up. The caller holds both; the given mail is as it is stored then.
 */
export async function confirmMail(
  context: Context,
  trx: Db,
  { delivery, mail }: { readonly delivery: Delivery; readonly mail: Mail },
  accepted: { readonly at: Date; readonly providerId: string },
): Promise<void> {
  const { at, providerId } = accepted
  await acceptMails(context, trx, [{ mailId: mail.id, providerId }], at)
  mail.$set({ accepted_at: at, provider_id: providerId })
  const unanswered = Mail.query(trx).where({ delivery_id: delivery.id, accepted_at: null, refused_at: null })
  if (delivery.answered_at || (await unanswered.resultSize()) > 0) return
  await delivery.$query(trx).patch({ answered_at: context.now(), abandoned_at: null })
  await eraseMails(context, trx, delivery.workspace_id, { deliveryId: delivery.id })
}
