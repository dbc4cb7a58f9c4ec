import type { Context } from '../context.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { type EventDay, eventDays } from '../db/queries/event-days.js'
import { type FirstTouchTimes, firstTouchTimes } from '../db/queries/first-touch-times.js'
import { type InboxStanding, inboxStanding } from '../db/queries/inbox-standing.js'
import { needsHuman } from '../db/queries/needs-human.js'
import { type OpenCases, openCasesByAge } from '../db/queries/open-cases-by-age.js'
import { type PeriodDay, type PeriodSums, sumsOfPeriod } from '../db/queries/sums-of-period.js'
import { FIRST_TOUCH_PROMISE_MS } from '../domain/campaign.js'

/** What an overview is about: the cases of one connection that opened from `from` on and before `until`. */
export interface OverviewOf {
  readonly workspaceId: string
  readonly connectionId: string
  readonly from: Date
  readonly until: Date
  /** IANA name: where days begin. */
  readonly timeZone: string
}

/** Everything that the overview shows of cases and events. Amounts in minor units, by currency. */
export interface Overview {
  readonly sums: readonly PeriodSums[]
  /** Of the period of the same length before: what had come of it until now. */
  readonly before: readonly PeriodSums[]
  readonly days: readonly PeriodDay[]
  /** All that are open now, whenever they opened. */
  readonly open: readonly OpenCases[]
  readonly firstTouches: FirstTouchTimes
  readonly eventDays: readonly EventDay[]
  readonly inbox: InboxStanding
  /** No case was ever opened. */
  readonly isNew: boolean
}

const MARKS = 60
/** So many are told apart from the other open cases; a list so long is no list. */
const NEEDS = 1_000

/** Reads what one page shows, in as many queries as it has parts. */
export async function readOverview({ db, now }: Context, of: OverviewOf): Promise<Overview> {
  const { from, until } = of
  const time = now()
  const earlier = new Date(from.getTime() - (until.getTime() - from.getTime()))
  const scope = { workspaceId: of.workspaceId, connectionId: of.connectionId, now: time }
  const [{ sums, days }, before, needs, firstTouches, events, inbox, anyCase] = await Promise.all([
    sumsOfPeriod(db, of),
    sumsOfPeriod(db, { ...of, from: earlier, until: from }),
    needsHuman(db, scope, NEEDS),
    firstTouchTimes(db, { ...scope, from, until, promiseMs: FIRST_TOUCH_PROMISE_MS, marks: MARKS }),
    eventDays(db, of),
    inboxStanding(db, of),
    RecoveryCase.query(db).findOne({ workspace_id: of.workspaceId, connection_id: of.connectionId }).select('id'),
  ])
  const needHuman = needs.flatMap(({ caseId }) => caseId ?? [])
  const open = await openCasesByAge(db, { ...scope, needHuman })
  return { sums, before: before.sums, days, open, firstTouches, eventDays: events, inbox, isNew: !anyCase }
}
