import type { StripeStatus } from '../../accounts/stripe-status.js'
import type { StripeConnection } from '../../db/models/stripe-connection.js'
import type { Workspace } from '../../db/models/workspace.js'
import type { EventChecks } from '../../diagnostics/read-event-checks.js'
import type { Overview } from '../../recovery/read-overview.js'
import { type FirstTouchView, presentFirstTouches } from './first-touches.js'
import { type NeedsView, presentNeeds } from './needs-human.js'
import { type AgesView, presentAges } from './overview-ages.js'
import { type ChartsView, presentCharts } from './overview-charts.js'
import type { OverviewPeriod } from './overview-period.js'
import { presentStatements, type StatementView } from './overview-statements.js'
import { presentSetUp, type SetUpView } from './set-up.js'
import { viewOf } from './view.js'
import { presentWebhookHealth, type WebhookHealthView } from './webhook-health.js'

/** The overview as it is shown: plain data, so that it can be sent as it is. */
export interface OverviewView {
  readonly period: Pick<OverviewPeriod, 'days' | 'typed' | 'fault'>
  readonly promptsOn: boolean
  /** Nothing has failed since the connection began. */
  readonly isNew: boolean
  /** `null`: everything is done. */
  readonly setUp: SetUpView | null
  /** One a currency; none: nothing has failed in the period. */
  readonly statements: readonly StatementView[]
  readonly ages: AgesView
  readonly needs: NeedsView
  readonly charts: ChartsView
  /** `null`: no first mail was due. */
  readonly firstTouches: FirstTouchView | null
  readonly webhooks: WebhookHealthView
}

interface Read {
  readonly workspace: Workspace
  readonly connection: StripeConnection
  readonly period: OverviewPeriod
  readonly overview: Overview
  readonly checks: EventChecks
  readonly stripe: Pick<StripeStatus, 'firstEventAt' | 'signatureFailures'>
  /** Where the first diagnostic stands; `null`: none was asked for yet. */
  readonly diagnostic: 'under way' | 'ended' | null
}

/** So many are listed. */
const NEEDS_SHOWN = 50
const DAY_MS = 86_400_000

export function presentOverview(
  { workspace, connection, period, overview, checks, stripe, diagnostic }: Read,
  now: Date,
): OverviewView {
  const view = viewOf(workspace, now)
  const { time_zone: timeZone, prompts_on_at: promptsOnAt } = workspace
  const { days, typed, fault, from, until } = period
  const length = days ?? Math.max(1, Math.round((until.getTime() - from.getTime()) / DAY_MS))
  const statements = presentStatements(overview, length, view)
  const currencies = statements.map(({ currency }) => currency.toLowerCase())
  return {
    period: { days, typed, fault },
    promptsOn: promptsOnAt !== null,
    isNew: overview.isNew,
    setUp: presentSetUp({ firstEventAt: stripe.firstEventAt, promptsOnAt, diagnostic }),
    statements,
    ages: presentAges(overview.open, currencies, view),
    needs: presentNeeds({ ...overview.needs, needs: overview.needs.needs.slice(0, NEEDS_SHOWN) }, connection, view),
    charts: presentCharts(overview.days, currencies, period, timeZone, view),
    firstTouches: presentFirstTouches(overview.firstTouches),
    webhooks: presentWebhookHealth(
      { ...overview.inbox, days: overview.eventDays, signatureFailures: stripe.signatureFailures, checks },
      period,
      timeZone,
      view,
    ),
  }
}
