import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { CampaignStep as CampaignStepRow } from '../db/models/campaign-step.js'
import { Workspace } from '../db/models/workspace.js'
import { type CampaignStep, faultOf, PLAN_NAMES, type PlanName } from '../domain/campaign.js'
import { planOpenCases } from './plan-campaign.js'

/** What the owner changes; what is left out stays. */
export interface CampaignChange {
  /** `null`: the class follows the plan for every class; for `every`: the default. */
  readonly plans?: Readonly<Partial<Record<PlanName, readonly CampaignStep[] | null>>>
  /** Minutes since midnight in the workspace's time zone. */
  readonly hours?: { readonly fromMinute: number; readonly untilMinute: number; readonly onWeekends: boolean }
  readonly gapHours?: number
  readonly thankYou?: boolean
}

export type CampaignChanged =
  | { readonly kind: 'saved' }
  /** Nothing has changed. */
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * Changes the workspace's campaign. It applies at once to every touch that is not yet fixed to a mail.
 *
 * @returns `saved`: touches may be due, ring for the workspace
 */
export async function changeCampaign(
  context: Context,
  { workspaceId, change }: { workspaceId: string; change: CampaignChange },
): Promise<CampaignChanged> {
  const reason = whyNot(change)
  if (reason) return { kind: 'refused', reason }
  return context.db.transaction(async (trx) => {
    const workspace = await Workspace.query(trx).findById(workspaceId).forUpdate().throwIfNotFound()
    await applyChange(context, trx, workspace, change)
    return { kind: 'saved' }
  })
}

/** The caller holds the workspace's row, and the change was looked at. */
export async function applyChange(
  context: Context,
  trx: Db,
  workspace: Workspace,
  { plans = {}, hours, gapHours, thankYou }: CampaignChange,
): Promise<void> {
  for (const [plan, steps] of Object.entries(plans) as [PlanName, readonly CampaignStep[] | null][]) {
    await CampaignStepRow.query(trx).where({ workspace_id: workspace.id, plan }).delete()
    const rows = (steps ?? []).map(({ step, waitMinutes, template, isOn }) => ({
      workspace_id: workspace.id,
      plan,
      step,
      wait_minutes: waitMinutes,
      template,
      is_on: isOn,
    }))
    if (rows.length > 0) await CampaignStepRow.query(trx).insert(rows)
  }
  const columns = {
    ...(hours && {
      sending_from: hours.fromMinute,
      sending_until: hours.untilMinute,
      sends_on_weekends: hours.onWeekends,
    }),
    ...(gapHours !== undefined && { gap_hours: gapHours }),
    ...(thankYou !== undefined && { thank_you: thankYou }),
  }
  if (Object.keys(columns).length > 0) await workspace.$query(trx).patch(columns)
  await planOpenCases(context, trx, await workspace.$query(trx))
}

const LONGEST_GAP_HOURS = 7 * 24

/** A sentence for the owner; `null`: nothing speaks against the change. */
export function whyNot({ plans = {}, hours, gapHours }: CampaignChange): string | null {
  for (const [plan, steps] of Object.entries(plans)) {
    if (!(PLAN_NAMES as readonly string[]).includes(plan)) return 'There is no such plan.'
    const fault = steps && faultOf(steps)
    if (fault) return fault
  }
  if (hours) {
    const { fromMinute, untilMinute } = hours
    if (!isWithin(fromMinute, 0, 1440) || !isWithin(untilMinute, 0, 1440)) return 'Choose times of the day.'
    if (untilMinute - fromMinute < 60)
      return 'Leave at least an hour a day for reminders, from the earlier time to the later.'
  }
  if (gapHours !== undefined && !isWithin(gapHours, 1, LONGEST_GAP_HOURS)) {
    return 'The distance between two mails is from 1 hour to 7 days.'
  }
  return null
}

const isWithin = (value: number, least: number, most: number) =>
  Number.isSafeInteger(value) && value >= least && value <= most
