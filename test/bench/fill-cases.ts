import type { Db } from '../../src/db/knex.js'

interface Of {
  readonly id: string
  readonly connectionId: string
}

/**
 * Cases as a large workspace has them after a year: one in fifty open, a tenth of these with nothing planned, most of
 * the others recovered, in three currencies; each with a first mail, accepted within a minute.
 */
export async function fillCases(db: Db, { id, connectionId }: Of, cases: number): Promise<void> {
  await db.raw(
    `insert into recovery_cases
       (workspace_id, connection_id, stripe_invoice_id, stripe_customer_id, stripe_subscription_id, invoice_number,
        customer_name, customer_email, plan_label, plan_interval, decline_class, decline_code, attempt_count, currency,
        exposure, amount_remaining, recovered, lost, forgiven, dismissed, open, failed_at, received_at, opened_at,
        campaign_at, as_of, closed_at, outcome, invoice_status, link_token_hash, link_token_sealed)
     select :id, :connectionId, 'in_' || left(:id, 8) || n, 'cus_' || left(:id, 8) || n / 3, 'sub_' || left(:id, 8) || n / 2,
       upper(left(md5((n / 3)::text), 4)) || '-' || lpad(n::text, 6, '0'),
       initcap(left(md5((n / 3)::text), 7)) || ' Studio', 'billing@' || left(md5((n / 3)::text), 9) || '.example',
       'Pro', 'month', 'card', 'expired_card', 1, currency,
       amount, case when outcome is null then amount else 0 end,
       case when outcome = 'recovered' then amount else 0 end, case when outcome = 'lost' then amount else 0 end,
       case when outcome = 'forgiven' then amount else 0 end, case when outcome = 'dismissed' then amount else 0 end,
       case when outcome is null then amount else 0 end, at, at, at, at, at,
       case when outcome is not null then at + interval '2 days' end, outcome,
       case outcome when 'recovered' then 'paid' when 'forgiven' then 'void' when 'lost' then 'uncollectible' else 'open' end,
       md5(:id || n), ''
     from (
       select n, 1000 + (n * 7919::bigint) % 200000 as amount, now() - n * interval '1 year' / :cases as at,
         (array['usd', 'usd', 'usd', 'usd', 'eur', 'eur', 'jpy'])[1 + n % 7] as currency,
         case when n % 50 = 0 then null when n % 50 < 32 then 'recovered' when n % 50 < 48 then 'lost'
           when n % 50 = 48 then 'forgiven' else 'dismissed' end as outcome
       from generate_series(1, :cases::int) n
     ) as failed`,
    { id, connectionId, cases },
  )
  await db.raw(
    `insert into deliveries (workspace_id, provider_key, idempotency_key, fixed_at, lease_until, answered_at)
     select workspace_id, 'bench', 'bench-' || id, opened_at, opened_at, opened_at
     from recovery_cases where workspace_id = ? and connection_id = ?`,
    [id, connectionId],
  )
  await db.raw(
    `insert into mails (workspace_id, delivery_id, position, to_address, from_address, reply_to, subject, content_sealed,
       accepted_at, delivered_at)
     select workspace_id, id, 0, 'c@customer.example', 'm@fernhill.example', 'o@fernhill.example', 'Your renewal', '',
       fixed_at, fixed_at
     from deliveries where workspace_id = ?`,
    [id],
  )
  await db.raw(
    `insert into touches (workspace_id, case_id, step, due_at, mail_id, sent_at)
     select cases.workspace_id, cases.id, 0, cases.opened_at, mails.id,
       cases.opened_at + (1 + get_byte(decode(md5(cases.id::text), 'hex'), 0) % 60) * interval '1 second'
     from recovery_cases cases
     join deliveries on deliveries.idempotency_key = 'bench-' || cases.id
     join mails on mails.delivery_id = deliveries.id
     where cases.workspace_id = ?`,
    [id],
  )
  await db.raw(
    `insert into touches (workspace_id, case_id, step, due_at, canceled_at, reason)
     select workspace_id, id, 1, opened_at + interval '1 day', closed_at,
       case when closed_at is not null then 'case_closed' end
     from recovery_cases
     where workspace_id = ? and connection_id = ? and (closed_at is not null or right(stripe_invoice_id, 3) <> '500')`,
    [id, connectionId],
  )
}

/** Events that were processed long ago, each about a case. */
export async function fillEvents(db: Db, { id, connectionId }: Of, events: number): Promise<void> {
  await db.raw(
    `insert into stripe_events
       (workspace_id, connection_id, stripe_event_id, type, occurred_at, payload, received_at, processed_at, outcome,
        detail, about)
     select :id, :connectionId, 'evt_' || left(:id, 8) || n, 'invoice.payment_failed', at, '{}', at, at, 'processed',
       'Updated a case', array['in_' || left(:id, 8) || n / 10]
     from (select n, now() - n * interval '1 year' / :events as at from generate_series(1, :events::int) n) as received`,
    { id, connectionId, events },
  )
}
