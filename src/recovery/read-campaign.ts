import type { Db } from '../db/knex.js'
import { CampaignStep as CampaignStepRow } from '../db/models/campaign-step.js'
import type { Workspace } from '../db/models/workspace.js'
import { type Campaign, type CampaignStep, DEFAULT_STEPS, type PlanName } from '../domain/campaign.js'

/** The workspace's plan of contacts; the default where the owner has made none. */
export async function readCampaign(db: Db, workspace: Workspace): Promise<Campaign> {
  const rows = await CampaignStepRow.query(db).where({ workspace_id: workspace.id }).orderBy('step')
  const plans = new Map<PlanName, CampaignStep[]>()
  for (const { plan, step, wait_minutes, template, is_on } of rows) {
    const steps = plans.get(plan) ?? []
    plans.set(plan, [...steps, { step, waitMinutes: wait_minutes, template, isOn: is_on }])
  }
  return {
    plans: { every: DEFAULT_STEPS, ...Object.fromEntries(plans) },
    hours: {
      timeZone: workspace.time_zone,
      fromMinute: workspace.sending_from,
      untilMinute: workspace.sending_until,
      onWeekends: workspace.sends_on_weekends,
    },
    gapHours: workspace.gap_hours,
  }
}
