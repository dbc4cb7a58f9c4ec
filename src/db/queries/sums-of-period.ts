import type { Db } from '../knex.js'

/** What became of the cases that opened in a period, in one currency. Amounts in minor units. */
export interface PeriodSums {
  readonly currency: string
  readonly cases: number
  readonly recoveredCases: number
  readonly openCases: number
  readonly lostCases: number
  readonly forgivenCases: number
  readonly dismissedCases: number
  /** Always the sum of the six amounts that follow. */
  readonly exposed: number
  readonly recovered: number
  readonly returned: number
  readonly open: number
  readonly lost: number
  readonly forgiven: number
  readonly dismissed: number
  /** The part of *recovered* that we brought about. */
  readonly assisted: number
}

/** What one day added, in one currency. Amounts in minor units. */
export interface PeriodDay {
  readonly currency: string
  /** In the time zone asked for: `2026-11-22`. */
  readonly day: string
  readonly exposed: number
  readonly recovered: number
}

interface Period {
  readonly workspaceId: string
  readonly connectionId: string
  readonly from: Date
  /** Not included. */
  readonly until: Date
  /** IANA name: where days begin. */
  readonly timeZone: string
}

/** All of the cases, read once: by currency, by the day they opened, and by the day they were settled. */
const SQL = `
  select
    currency,
    grouping(opened_day)::int as no_opened_day,
    grouping(settled_day)::int as no_settled_day,
    coalesce(opened_day, settled_day)::text as day,
    count(*)::int8 as cases,
    count(*) filter (where outcome = 'recovered')::int8 as "recoveredCases",
    count(*) filter (where outcome is null)::int8 as "openCases",
    count(*) filter (where outcome = 'lost')::int8 as "lostCases",
    count(*) filter (where outcome = 'forgiven')::int8 as "forgivenCases",
    count(*) filter (where outcome = 'dismissed')::int8 as "dismissedCases",
    sum(exposure)::int8 as exposed,
    sum(recovered)::int8 as recovered,
    sum(returned)::int8 as returned,
    sum(open)::int8 as open,
    sum(lost)::int8 as lost,
    sum(forgiven)::int8 as forgiven,
    sum(dismissed)::int8 as dismissed,
    coalesce(sum(recovered) filter (where assisted), 0)::int8 as assisted
  from (
    select currency, outcome, assisted, exposure, recovered, returned, open, lost, forgiven, dismissed,
      (opened_at at time zone :timeZone)::date as opened_day,
      -- What was paid in part stands at the day of the last news.
      (coalesce(settled_at, closed_at, as_of) at time zone :timeZone)::date as settled_day
    from recovery_cases
    where workspace_id = :workspaceId and connection_id = :connectionId
      and opened_at >= :from and opened_at < :until
  ) as of_period
  group by grouping sets ((currency), (currency, opened_day), (currency, settled_day))`

interface SumsRow extends PeriodSums {
  readonly no_opened_day: number
  readonly no_settled_day: number
  readonly day: string | null
}

/** Of all cases that opened in a period, in one currency. Amounts in minor units. */
export interface PeriodTotal {
  readonly currency: string
  readonly exposed: number
  readonly recovered: number
}

/** `sumsOfPeriod` without where the rest is, for less than half the work. */
export async function totalsOfPeriod(db: Db, period: Omit<Period, 'timeZone'>): Promise<PeriodTotal[]> {
  const { rows } = await db.raw<{ rows: PeriodTotal[] }>(
    `select currency, sum(exposure)::int8 as exposed, sum(recovered)::int8 as recovered
     from recovery_cases
     where workspace_id = :workspaceId and connection_id = :connectionId
       and opened_at >= :from and opened_at < :until
     group by currency`,
    { ...period },
  )
  return rows
}

/**
 * What the cases that opened in a period came to until now: a row a currency, and for each the days that added to it, in
 * order. Currencies are never added.
 */
export async function sumsOfPeriod(
  db: Db,
  period: Period,
): Promise<{ readonly sums: PeriodSums[]; readonly days: PeriodDay[] }> {
  const { rows } = await db.raw<{ rows: SumsRow[] }>(SQL, { ...period })
  const days = new Map<string, { currency: string; day: string; exposed: number; recovered: number }>()
  const sums: PeriodSums[] = []
  for (const { no_opened_day, no_settled_day, day, ...row } of rows) {
    if (day === null) {
      sums.push(row)
      continue
    }
    const { currency } = row
    const one = days.get(`${currency} ${day}`) ?? { currency, day, exposed: 0, recovered: 0 }
    if (no_opened_day === 0) one.exposed += row.exposed
    if (no_settled_day === 0) one.recovered += row.recovered
    days.set(`${currency} ${day}`, one)
  }
  return {
    sums: sums.toSorted((a, b) => a.currency.localeCompare(b.currency)),
    days: [...days.values()].toSorted((a, b) => a.day.localeCompare(b.day) || a.currency.localeCompare(b.currency)),
  }
}
