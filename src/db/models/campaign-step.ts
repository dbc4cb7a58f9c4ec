import type { PlanName, StepTemplate } from '../../domain/campaign.js'
import { Row } from './row.js'

/** One line of a workspace's own plan of contacts. A workspace without any follows the default. */
export class CampaignStep extends Row {
  static override tableName = 'campaign_steps'
  static override idColumn = ['workspace_id', 'plan', 'step']
  declare workspace_id: string
  declare plan: PlanName
  declare step: number
  declare wait_minutes: number
  declare template: StepTemplate
  declare is_on: boolean
}
