/** One line of a campaign: a contact this long after the case opened. */
export interface CampaignStep {
  /** 0 is the first touch. */
  readonly step: number
  readonly waitMs: number
}

/** The plan of contacts for a case. The first touch is due at once. */
export const DEFAULT_CAMPAIGN: readonly CampaignStep[] = [{ step: 0, waitMs: 0 }]
