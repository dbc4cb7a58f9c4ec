import { HUMAN_REASONS, type HumanReason } from '../../domain/needs-human.js'
import { STALLED_DAYS } from '../../domain/stalled.js'
import type { Db } from '../knex.js'

/** Something that only a human can do. `caseId` and what belongs to it is `null` where it is of the connection. */
export interface HumanNeed {
  readonly reason: HumanReason
  readonly since: Date
  /** A closer reason, a number, or Stripe's id of what it is about; never personal. */
  readonly detail: string | null
  readonly caseId: string | null
  /** What is open, or disputed: minor units of `currency`. `null`: no money hangs on it now. */
  readonly amount: number | null
  readonly currency: string | null
  readonly customerName: string | null
  readonly customerEmail: string | null
  readonly stripeCustomerId: string | null
  readonly stripeSubscriptionId: string | null
}

interface Scope {
  readonly workspaceId: string
  readonly connectionId: string
  readonly now: Date
}

/** Stripe is asked for an address in the background: this long nobody needs to know that there is none. */
const ASKING = '1 hour'

/**
 * The open cases, their contacts, and which of them stand still since when, as `domain/stalled.ts` says it. Binds
 * `workspaceId`, `connectionId` and `now`.
 */
const STANDSTILL = `
  open_case as materialized (
    select id, workspace_id, stripe_customer_id, customer_email, currency, open, opened_at, received_at, next_attempt_at,
      enrich_at, pinned_at, paused_at is not null or subscription_paused as is_held,
      paused_at is null and not subscription_paused and reminders_stopped_at is null as is_written_to
    from recovery_cases
    where workspace_id = :workspaceId and connection_id = :connectionId and closed_at is null
  ),
  contact as materialized (
    select open_case.id as case_id, touched.*
    from open_case cross join lateral (
      select touch.step, touch.sent_at, touch.skipped_at, touch.reason, delivery.abandoned_at,
        case when mail.delivered_at is null then mail.failed_at end as lost_at,
        coalesce(touch.sent_at, touch.skipped_at, touch.canceled_at, delivery.abandoned_at) as ended_at
      from touches touch
      left join mails mail on mail.id = touch.mail_id
      left join deliveries delivery on delivery.id = mail.delivery_id and touch.sent_at is null
      where touch.workspace_id = open_case.workspace_id and touch.case_id = open_case.id
      offset 0 -- Case by case: joined at once, all touches that there ever were would be read.
    ) touched
  ),
  contacts as (
    select case_id, bool_or(ended_at is null) as is_pending, max(ended_at) as ended_at, count(sent_at) as sent
    from contact group by case_id
  ),
  standstill as (
    select open_case.id as case_id, open_case.currency, open_case.open,
      not open_case.is_held and not coalesce(contacts.is_pending, false)
        and coalesce(open_case.next_attempt_at <= :now, true) as is_still,
      greatest(open_case.opened_at, open_case.next_attempt_at, contacts.ended_at) as still_since,
      coalesce(contacts.sent, 0) as mails_sent
    from open_case left join contacts on contacts.case_id = open_case.id
  )`

/**
 * Every reason that holds, whatever the other reasons for the same case. A reason's time is since when it holds; `null`:
 * it does not. Binds `workspaceId`, `connectionId`, `now`, `order` (the reasons, most pressing first).
 */
const NEEDS = `${STANDSTILL},
  last_contact as (
    select distinct on (case_id) case_id, skipped_at, reason, abandoned_at, lost_at
    from contact where coalesce(sent_at, skipped_at, abandoned_at) is not null
    order by case_id, step desc
  ),
  of_open_case as (
    select open_case.id as case_id, needs.reason, needs.since, needs.detail, open_case.open as amount
    from open_case
    join standstill on standstill.case_id = open_case.id
    left join last_contact on last_contact.case_id = open_case.id
    left join lateral (
      select payment.result, payment.reason, payment.answered_at from card_payments payment
      where payment.case_id = open_case.id order by payment.id desc limit 1
    ) last_payment on true
    left join suppressions suppression on suppression.workspace_id = open_case.workspace_id
      and suppression.address in (lower(open_case.customer_email),
        'sha256:' || encode(sha256(convert_to(lower(open_case.customer_email), 'UTF8')), 'hex'))
    cross join lateral (values
      ('card_updated', case
          when last_payment.result = 'unknown' or (last_payment.result = 'declined' and is_still)
            then last_payment.answered_at
          when last_payment.result = 'not_allowed' and exists (
              select from case_entries entry
              where entry.case_id = open_case.id and entry.kind = 'card_changed')
            and (open_case.pinned_at is not null or not exists (
              select from case_entries entry
              where entry.case_id = open_case.id and entry.kind in ('charge_failed', 'action_required')
                and entry.at > last_payment.answered_at))
            then last_payment.answered_at
        end,
        case last_payment.result when 'not_allowed' then last_payment.reason else last_payment.result end),
      ('mail_unknown', case when last_contact.skipped_at is null then last_contact.abandoned_at end, null),
      ('mail_failed', case
          when not is_written_to then null
          when last_contact.reason in ('mail_refused', 'mail_not_rendered') then last_contact.skipped_at
          else last_contact.lost_at
        end,
        coalesce(last_contact.reason, 'mail_lost')),
      ('suppressed', case when is_written_to and suppression.id is not null
          then greatest(suppression.suppressed_at, open_case.opened_at) end,
        suppression.reason),
      ('no_address', case
          when not is_written_to then null
          when last_contact.reason = 'address_unusable' then last_contact.skipped_at
          when open_case.customer_email is null
            and (open_case.enrich_at is null or open_case.received_at <= :now::timestamptz - interval '${ASKING}')
            and not exists (
              select from forgotten_customers forgotten
              where forgotten.workspace_id = open_case.workspace_id
                and forgotten.stripe_customer_id = open_case.stripe_customer_id)
            then open_case.opened_at
        end,
        last_contact.reason),
      ('stalled', case when is_still and still_since <= :now::timestamptz - interval '${STALLED_DAYS} days'
          then still_since end,
        mails_sent::text)
    ) as needs (reason, since, detail)
    where needs.since is not null
  ),
  of_money as (
    select reversal.case_id, 'dispute' as reason, reversal.as_of as since, reversal.key as detail, reversal.amount
    from case_reversals reversal
    join recovery_cases disputed on disputed.id = reversal.case_id and disputed.connection_id = :connectionId
    where reversal.workspace_id = :workspaceId
      and reversal.kind = 'dispute' and not reversal.is_final and reversal.amount > 0
  ),
  of_subscription as (
    select distinct on (stripe_subscription_id)
      id as case_id, 'pinned' as reason, pinned_at as since, null as detail, nullif(open, 0) as amount
    from recovery_cases
    where workspace_id = :workspaceId and connection_id = :connectionId and pinned_at is not null
      and coalesce(outcome, 'recovered') = 'recovered' and subscription_ended_at is null
    order by stripe_subscription_id, opened_at desc
  ),
  of_connection as (
    select null::uuid as case_id, 'key_refused' as reason, rejected_at as since, null as detail, null::int8 as amount
    from stripe_connections
    where workspace_id = :workspaceId and id = :connectionId and rejected_at is not null
  ),
  need as (
    select distinct on (coalesce(case_id::text, reason)) *, array_position(:order::text[], reason) as rank
    from (
      select case_id, reason, since, detail, amount from of_open_case
      union all select case_id, reason, since, detail, amount from of_money
      union all select case_id, reason, since, detail, amount from of_subscription
      union all select case_id, reason, since, detail, amount from of_connection
    ) as every_need
    order by coalesce(case_id::text, reason), array_position(:order::text[], reason), since
  )`

/**
 * What a human has to do for a connection: the most pressing first, then the longest waiting; one row a case, with its
 * most pressing reason, and those of the connection itself.
 */
export async function needsHuman(db: Db, scope: Scope, limit: number): Promise<HumanNeed[]> {
  const { rows } = await db.raw<{ rows: HumanNeed[] }>(
    `with ${NEEDS}
     select need.reason, need.since, need.detail, need.case_id as "caseId", need.amount, concerned.currency,
       concerned.customer_name as "customerName", concerned.customer_email as "customerEmail",
       concerned.stripe_customer_id as "stripeCustomerId", concerned.stripe_subscription_id as "stripeSubscriptionId"
     from need left join recovery_cases concerned on concerned.id = need.case_id
     order by need.rank, need.since, need.case_id
     limit :limit`,
    { ...scope, order: [...HUMAN_REASONS], limit },
  )
  return rows
}

/** How many rows `needsHuman` has in all. */
export async function countNeedsHuman(db: Db, scope: Scope): Promise<number> {
  const { rows } = await db.raw<{ rows: { count: number }[] }>(`with ${NEEDS} select count(*) from need`, {
    ...scope,
    order: [...HUMAN_REASONS],
  })
  return rows[0]?.count ?? 0
}

/** Open cases of one currency that stand still; `open` in minor units. */
export interface StalledSum {
  readonly currency: string
  readonly cases: number
  readonly open: number
}

/** The cases that stalled after a moment and still do, a row a currency. */
export async function stalledAfter(db: Db, scope: Scope, after: Date): Promise<StalledSum[]> {
  const { rows } = await db.raw<{ rows: StalledSum[] }>(
    `with ${STANDSTILL}
     select currency, count(*) as cases, sum(open)::int8 as open
     from standstill where is_still and still_since > :after group by currency`,
    { ...scope, after },
  )
  return rows
}
