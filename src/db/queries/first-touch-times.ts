import type { Db } from '../knex.js'

/**
 * From the webhook that opened a case to the acceptance of its first mail, over the cases of a period that opened with
 * prompts on.
 */
export interface FirstTouchTimes {
  /** First mails that were accepted. */
  readonly touched: number
  /** Milliseconds; `null`: none was accepted yet. */
  readonly p50: number | null
  readonly p95: number | null
  readonly slowest: number | null
  /** Accepted after the promise, or still on their way when it was over. */
  readonly breaches: number
  /** The fastest, the slowest and what lies evenly between, in milliseconds; at most `marks` of them. */
  readonly spread: readonly number[]
}

interface Period {
  readonly workspaceId: string
  readonly connectionId: string
  readonly from: Date
  /** Not included. */
  readonly until: Date
  readonly now: Date
  readonly promiseMs: number
  readonly marks: number
}

const SQL = `
  select
    count(ms)::int8 as touched,
    max(ms) as slowest,
    count(*) filter (where coalesce(ms, waits) > :promiseMs)::int8 as breaches,
    -- In one call: each would sort all of them.
    percentile_disc(
      array[0.5, 0.95] || array(select n / greatest(1, :marks - 1)::float8 from generate_series(0, :marks - 1) as n)
    ) within group (order by ms::float8) as percentiles
  from (
    select
      (extract(epoch from touch.sent_at - "case".received_at) * 1000)::int8 as ms,
      case
        when touch.skipped_at is null and touch.canceled_at is null and "case".paused_at is null
          then (extract(epoch from :now::timestamptz - "case".received_at) * 1000)::int8
      end as waits
    from recovery_cases "case"
    join touches touch on touch.workspace_id = "case".workspace_id and touch.case_id = "case".id and touch.step = 0
    where "case".workspace_id = :workspaceId and "case".connection_id = :connectionId
      and "case".opened_at >= :from and "case".opened_at < :until
      -- Due at once: the promise is for cases that open with prompts on, and for none that the owner held.
      and touch.due_at <= "case".received_at + interval '1 minute'
      -- Else the touches of all times would be read.
      and touch.due_at >= :from::timestamptz - interval '1 day' and touch.due_at < :until::timestamptz + interval '1 day'
  ) as timed`

interface TimesRow extends Pick<FirstTouchTimes, 'touched' | 'slowest' | 'breaches'> {
  /** `null`, or of `null`, where none was accepted. */
  readonly percentiles: readonly (number | null)[] | null
}

export async function firstTouchTimes(db: Db, period: Period): Promise<FirstTouchTimes> {
  const { rows } = await db.raw<{ rows: [TimesRow] }>(SQL, { ...period })
  const [{ percentiles, ...times }] = rows
  const [p50 = null, p95 = null, ...spread] = percentiles ?? []
  return { ...times, p50, p95, spread: [...new Set(spread.filter((ms) => ms !== null))] }
}
