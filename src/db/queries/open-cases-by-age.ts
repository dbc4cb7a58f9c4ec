import type { Db } from '../knex.js'

/** Since the first failure, the youngest first: upper bounds, the last is open. */
export const AGES = ['under_1h', 'under_1d', 'under_3d', 'under_7d', 'older'] as const
export type Age = (typeof AGES)[number]

/** What comes next for an open case, as far as the pressure of time goes. */
export type Pressure = 'human' | 'retry' | 'mail' | 'nothing'

/** Open cases of one age, currency and next step. */
export interface OpenCases {
  readonly age: Age
  readonly currency: string
  readonly pressure: Pressure
  readonly cases: number
  /** Minor units of `currency`. */
  readonly open: number
  /** The soonest mail or attempt among them; `null`: none is planned. */
  readonly nextAt: Date | null
}

interface Scope {
  readonly workspaceId: string
  readonly connectionId: string
  readonly now: Date
  /** Cases that wait for a human, whatever else is planned. */
  readonly needHuman: readonly string[]
}

const SQL = `
  select age, currency, pressure, count(*)::int8 as cases, sum(open)::int8 as open, min(next_at) as "nextAt"
  from (
    select
      case
        when failed_at > :now::timestamptz - interval '1 hour' then 'under_1h'
        when failed_at > :now::timestamptz - interval '1 day' then 'under_1d'
        when failed_at > :now::timestamptz - interval '3 days' then 'under_3d'
        when failed_at > :now::timestamptz - interval '7 days' then 'under_7d'
        else 'older'
      end as age,
      currency,
      open,
      case
        when id = any(:needHuman::uuid[]) then 'human'
        when attempt_at <= coalesce(mail_at, 'infinity') then 'retry'
        when mail_at is not null then 'mail'
        else 'nothing'
      end as pressure,
      least(attempt_at, mail_at) as next_at
    from (
      select id, failed_at, currency, open,
        case when next_attempt_at > :now then next_attempt_at end as attempt_at, mail_at
      from recovery_cases
      left join (
        select case_id, min(due_at) as mail_at from touches
        where workspace_id = :workspaceId and mail_id is null and skipped_at is null and canceled_at is null
        group by case_id
      ) planned on planned.case_id = id
      where workspace_id = :workspaceId and connection_id = :connectionId and closed_at is null
    ) as open_case
  ) as aged
  group by age, currency, pressure`

export async function openCasesByAge(db: Db, scope: Scope): Promise<OpenCases[]> {
  const { rows } = await db.raw<{ rows: OpenCases[] }>(SQL, { ...scope })
  return rows
}
