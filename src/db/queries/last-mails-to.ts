import type { Db } from '../knex.js'
import type { RecoveryCase } from '../models/recovery-case.js'

type Customer = Pick<RecoveryCase, 'stripe_customer_id' | 'customer_email'>

/**
 * When the last mail went to a customer, by the customer's id or by the mailbox, whichever is later. One that is fixed
 * and under way counts from then; one that the provider refused does not.
 *
 * @param since older ones are not looked for
 */
export async function lastMailsTo(
  db: Db,
  workspaceId: string,
  customers: readonly Customer[],
  since: Date,
): Promise<(customer: Customer | undefined) => Date | null> {
  const ids = customers.flatMap(({ stripe_customer_id }) => stripe_customer_id ?? [])
  const mailboxes = customers.flatMap(({ customer_email }) => customer_email?.toLowerCase() ?? [])
  const { rows } = await db.raw<{ rows: { customer: string | null; mailbox: string | null; at: Date }[] }>(
    `select "case".stripe_customer_id as customer, lower("case".customer_email) as mailbox,
       max(coalesce(mail.accepted_at, delivery.fixed_at)) as at
     from recovery_cases "case"
     join touches touch on touch.workspace_id = "case".workspace_id and touch.case_id = "case".id
     join mails mail on mail.id = touch.mail_id
     join deliveries delivery on delivery.id = mail.delivery_id
     where "case".workspace_id = :workspaceId
       and ("case".stripe_customer_id = any(:ids) or lower("case".customer_email) = any(:mailboxes))
       and mail.refused_at is null and coalesce(mail.accepted_at, delivery.fixed_at) > :since
     group by 1, 2`,
    { workspaceId, ids: [...new Set(ids)], mailboxes: [...new Set(mailboxes)], since },
  )
  return (customer) => {
    const mailbox = customer?.customer_email?.toLowerCase()
    const times = rows
      .filter((row) => (row.customer ?? '') === customer?.stripe_customer_id || (row.mailbox ?? '') === mailbox)
      .map(({ at }) => at.getTime())
    return times.length > 0 ? new Date(Math.max(...times)) : null
  }
}
