import type { Db } from '../knex.js'

/** Something that can't be, as the audit tells it. Ids, figures, times and states; nothing personal. */
export interface Fault {
  readonly workspaceId: string
  /** `null`: it is of no single case. */
  readonly caseId: string | null
  /** What it is about: a column, or what has this id. */
  readonly subject: string
  readonly expected: string | number | null
  readonly found: string | number | null
}

/** More of a kind tell nothing more. */
const AT_MOST = 1_000

/** Events that close a case by themselves, once they were processed. */
const CLOSING = ['invoice.paid', 'invoice.voided', 'invoice.marked_uncollectible']

/** What the clocks of two machines may differ by. */
const CLOCKS = '1 second'

/** Faults of the contacts of these cases, by rule. Each gives rows of `Fault`; binds `caseIds` and `closing`. */
const OF_CONTACTS = {
  touch_ended_once: `
    select workspace_id as "workspaceId", case_id as "caseId", 'touch ' || id as subject, 'at most one end' as expected,
      concat_ws(' and ', case when sent_at is not null then 'sent' end, case when skipped_at is not null then 'skipped' end,
        case when canceled_at is not null then 'canceled' end) as found
    from touches
    where case_id = any(:caseIds) and num_nonnulls(sent_at, skipped_at, canceled_at) > 1`,

  sent_by_an_accepted_mail: `
    select touch.workspace_id as "workspaceId", touch.case_id as "caseId", 'touch ' || touch.id as subject,
      case when touch.sent_at is null then 'not sent' else 'a mail that was accepted' end as expected,
      case when mail.id is null then 'no mail' when mail.accepted_at is null then 'one that was not'
        else 'accepted' end as found
    from touches touch left join mails mail on mail.id = touch.mail_id
    where touch.case_id = any(:caseIds) and (touch.sent_at is null) <> (mail.accepted_at is null)`,

  mailed_once: `
    select touch.workspace_id as "workspaceId", touch.case_id as "caseId", 'touch ' || touch.id as subject,
      'mail ' || (entry.detail->>'mailId') as expected, 'mail ' || touch.mail_id as found
    from case_entries entry
    join touches touch on touch.workspace_id = entry.workspace_id and touch.case_id = entry.case_id
      and touch.step::text = entry.key
    where entry.case_id = any(:caseIds) and entry.kind = 'mail_accepted'
      and entry.detail->>'mailId' is distinct from touch.mail_id::text and entry.detail->>'mailId' is not null`,

  nothing_fixed_after_the_end: `
    select touch.workspace_id as "workspaceId", touch.case_id as "caseId", 'touch ' || touch.id as subject,
      'fixed before ' || closed.at as expected, 'fixed at ' || delivery.fixed_at as found
    from touches touch
    join mails mail on mail.id = touch.mail_id
    join deliveries delivery on delivery.id = mail.delivery_id
    join recovery_cases ended on ended.id = touch.case_id
    cross join lateral (
      select min(at) as at from (
        select event.processed_at as at from stripe_events event
        where event.about @> array[ended.stripe_invoice_id] and event.workspace_id = ended.workspace_id
          and event.type = any(:closing) and event.outcome = 'processed'
        union all
        -- What was planned is dropped in the commit that closes the case.
        select other.canceled_at from touches other
        where other.case_id = ended.id and other.workspace_id = ended.workspace_id
          and other.reason in ('case_closed', 'connection_changed')
      ) as ends
    ) closed
    where touch.case_id = any(:caseIds) and delivery.fixed_at > closed.at + interval '${CLOCKS}'`,
} as const

/** Faults that no single case shows, by rule. Each gives rows of `Fault`. */
const OF_TABLES = {
  sums_account_for_exposure: `
    select workspace_id as "workspaceId", null as "caseId", 'all in ' || currency as subject, sum(exposure) as expected,
      sum(recovered + returned + lost + forgiven + dismissed + open) as found
    from recovery_cases group by workspace_id, currency
    having sum(exposure) <> sum(recovered + returned + lost + forgiven + dismissed + open)`,

  one_case_an_invoice: `
    select workspace_id as "workspaceId", null as "caseId", 'invoice ' || stripe_invoice_id as subject, 1 as expected,
      count(*) as found
    from recovery_cases group by workspace_id, stripe_invoice_id having count(*) > 1`,

  accepted_for_a_touch: `
    select mail.workspace_id as "workspaceId", null as "caseId", 'mail ' || mail.id as subject, 'a touch' as expected,
      'none' as found
    from mails mail
    where mail.accepted_at is not null and not mail.is_digest and not exists (select from touches touch where touch.mail_id = mail.id)`,

  processed_with_an_outcome: `
    select workspace_id as "workspaceId", null as "caseId", 'event ' || id as subject,
      case when processed_at is null then 'no outcome' else 'an outcome' end as expected, coalesce(outcome, 'none') as found
    from stripe_events where (processed_at is null) <> (outcome is null)`,
} as const

export type ContactRule = keyof typeof OF_CONTACTS
export type TableRule = keyof typeof OF_TABLES

/** @returns what is wrong with the touches, mails and deliveries of these cases */
export async function findContactFaults(db: Db, caseIds: readonly string[]): Promise<[ContactRule, Fault][]> {
  return findAll(db, OF_CONTACTS, { caseIds: [...caseIds], closing: CLOSING })
}

/** @returns what is wrong between the rows of whole tables */
export async function findTableFaults(db: Db): Promise<[TableRule, Fault][]> {
  return findAll(db, OF_TABLES, {})
}

async function findAll<Rule extends string>(
  db: Db,
  rules: Readonly<Record<Rule, string>>,
  bindings: Readonly<Record<string, unknown>>,
): Promise<[Rule, Fault][]> {
  const found: [Rule, Fault][] = []
  for (const [rule, sql] of Object.entries<string>(rules)) {
    const { rows } = await db.raw<{ rows: Fault[] }>(`${sql} limit ${AT_MOST}`, bindings as never)
    found.push(...rows.map((fault): [Rule, Fault] => [rule as Rule, fault]))
  }
  return found
}
