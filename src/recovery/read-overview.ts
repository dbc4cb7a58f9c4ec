import type { Context } from '../context.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { eventDays } from '../db/queries/event-days.js'
import { type FirstTouchTimes, firstTouchTimes } from '../db/queries/first-touch-times.js'
import { type InboxStanding, inboxStanding } from '../db/queries/inbox-standing.js'
import { type OpenCases, openCasesByAge } from '../db/queries/open-cases-by-age.js'
import {
  type PeriodDay,
  type PeriodSums,
  type PeriodTotal,
  sumsOfPeriod,
  totalsOfPeriod,
} from '../db/queries/sums-of-period.js'
import { FIRST_TOUCH_PROMISE_MS } from '../domain/campaign.js'
import { type HumanNeeds, readNeedsHuman } from './read-needs-human.js'

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
  readonly before: readonly PeriodTotal[]
  readonly days: readonly PeriodDay[]
  /** All that are open now, whenever they opened. */
  readonly open: readonly OpenCases[]
  readonly needs: HumanNeeds
  readonly firstTouches: FirstTouchTimes
  /** On which any event arrived: `2026-11-22`. */
  readonly eventDays: readonly string[]
  readonly inbox: InboxStanding
  /** No case was ever opened. */
  readonly isNew: boolean
}

const MARKS = 60
/** So many are told apart from the other open cases; a list so long is no list. */
const NEEDS = 1_000

/** Reads what one page shows, in as many queries as it has parts. */
export async function readOverview(context: Context, of: OverviewOf): Promise<Overview> {
  const { db, now } = context
  const { workspaceId, connectionId, from, until } = of
  const earlier = new Date(from.getTime() - (until.getTime() - from.getTime()))
  const scope = { workspaceId, connectionId, now: now() }
  const [{ sums, days }, before, needs, firstTouches, eventsOn, inbox, anyCase] = await Promise.all([
    sumsOfPeriod(db, of),
    totalsOfPeriod(db, { ...of, from: earlier, until: from }),
    readNeedsHuman(context, workspaceId, connectionId, NEEDS),
    firstTouchTimes(db, { ...scope, from, until, promiseMs: FIRST_TOUCH_PROMISE_MS, marks: MARKS }),
    eventDays(db, of),
    inboxStanding(db, scope),
    RecoveryCase.query(db).findOne({ workspace_id: workspaceId, connection_id: connectionId }).select('id'),
  ])
  const needHuman = needs.needs.flatMap(({ caseId }) => caseId ?? [])
  const open = await openCasesByAge(db, { ...scope, needHuman })
  return { sums, before, days, open, needs, firstTouches, eventDays: eventsOn, inbox, isNew: !anyCase }
}
