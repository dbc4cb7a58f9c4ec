import type { Db } from '../knex.js'

/** One kind of work that stands in a table until it is done. */
export interface Waiting {
  readonly what: 'events' | 'touches' | 'deliveries' | 'questions' | 'cards'
  /** How many are due. */
  readonly count: number
  /** Since when the longest waiting is due; `null`: none is. */
  readonly since: Date | null
}

const SQL = `
  select 'events' as what, count(*)::int8 as count, min(received_at) as since
  from stripe_events where processed_at is null
  union all
  select 'touches', count(*)::int8, min(due_at)
  from touches where mail_id is null and skipped_at is null and canceled_at is null and due_at <= :now
  union all
  select 'deliveries', count(*)::int8, min(lease_until)
  from deliveries where answered_at is null and dissolved_at is null and abandoned_at is null and lease_until <= :now
  union all
  select 'questions', count(*)::int8, min(enrich_at) from recovery_cases where enrich_at <= :now
  union all
  select 'cards', count(*)::int8, min(card_check_at) from recovery_cases where card_check_at <= :now`

/** What is due and not done, over all workspaces. Each count is read from an index of what is left to do. */
export async function whatWaits(db: Db, now: Date): Promise<Waiting[]> {
  const { rows } = await db.raw<{ rows: Waiting[] }>(SQL, { now })
  return rows
}
