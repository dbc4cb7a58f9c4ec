import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { ForgottenCustomer } from '../db/models/forgotten-customer.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { Touch } from '../db/models/touch.js'
import { Workspace } from '../db/models/workspace.js'
import { type Campaign, type KnownTouch, type Replan, replan, stepsFor, THANK_YOU_STEP } from '../domain/campaign.js'
import { mailVariantFor } from '../domain/decline.js'
import { nextSendingTime } from '../domain/sending-hours.js'
import { readCampaign } from './read-campaign.js'

/** Why a touch was canceled that a change of the campaign may bring back. */
const CAMPAIGN_CHANGED = 'campaign_changed'
const CASES_AT_ONCE = 500

/**
 * Brings the touches of an open case to the workspace's campaign, when prompts are on. What is fixed to a mail stays.
 * Running it twice changes nothing. The caller holds the case.
 *
 * @returns whether one may be due now
 */
export async function planCampaign(context: Context, trx: Db, recoveryCase: RecoveryCase): Promise<boolean> {
  // Whoever changes the campaign waits for this commit, and then finds the case; or comes first, and is obeyed here.
  const workspace = await Workspace.query(trx).findById(recoveryCase.workspace_id).forShare()
  if (!workspace?.prompts_on_at || recoveryCase.closed_at) return false
  const customer = recoveryCase.stripe_customer_id
  if (customer && (await ForgottenCustomer.query(trx).findById([workspace.id, customer]))) return false
  await planCases(context, trx, await readCampaign(trx, workspace), [recoveryCase])
  return true
}

/**
 * The same for all open cases of the workspace's current connection. The caller holds the workspace's row.
 *
 * @returns how many cases there are
 */
export async function planOpenCases(context: Context, trx: Db, workspace: Workspace): Promise<number> {
  if (!workspace.prompts_on_at) return 0
  const campaign = await readCampaign(trx, workspace)
  const connections = StripeConnection.query(trx).where({ workspace_id: workspace.id, replaced_at: null }).select('id')
  let count = 0
  for (let after = ''; ; ) {
    const cases = await RecoveryCase.query(trx)
      .where({ workspace_id: workspace.id, closed_at: null })
      .whereIn('connection_id', connections.clone())
      .where((query) => (after ? query.where('id', '>', after) : query))
      .whereNotExists(
        ForgottenCustomer.query(trx)
          .where({ 'forgotten_customers.workspace_id': workspace.id })
          .whereColumn('forgotten_customers.stripe_customer_id', 'recovery_cases.stripe_customer_id'),
      )
      .orderBy('id')
      .limit(CASES_AT_ONCE)
      .forUpdate()
    await planCases(context, trx, campaign, cases)
    count += cases.length
    const last = cases.at(-1)
    if (!last || cases.length < CASES_AT_ONCE) return count
    after = last.id
  }
}

/** Thanks the customer of a case that was recovered after we wrote, where the owner wants it. The caller holds the case. */
export async function planThankYou(context: Context, trx: Db, recoveryCase: RecoveryCase): Promise<void> {
  const { workspace_id, id, paused_at, closed_at } = recoveryCase
  const now = context.now()
  if (paused_at || !closed_at || now.getTime() - closed_at.getTime() > STALE_THANKS_MS) return
  const workspace = await Workspace.query(trx).findById(workspace_id)
  if (!workspace?.thank_you || !workspace.prompts_on_at) return
  const isWrittenTo = await Touch.query(trx).where({ workspace_id, case_id: id }).whereNotNull('sent_at').first()
  if (!isWrittenTo) return
  const { hours } = await readCampaign(trx, workspace)
  const touch = { step: THANK_YOU_STEP, template: 'thank_you', due_at: nextSendingTime(now, hours) } as const
  await Touch.query(trx)
    .insert({ workspace_id, case_id: id, ...touch })
    .onConflict(['workspace_id', 'case_id', 'step'])
    .ignore()
}

/** Thanks that come later than this are odd. */
const STALE_THANKS_MS = 48 * 3_600_000

async function planCases(context: Context, trx: Db, campaign: Campaign, cases: readonly RecoveryCase[]) {
  const caseIds = cases.map(({ id }) => id)
  const touches = byCase(await Touch.query(trx).whereIn('case_id', caseIds))
  const plans = cases.map((recoveryCase) => {
    const { decline_class, decline_code, campaign_at } = recoveryCase
    const steps = stepsFor(campaign, mailVariantFor(decline_class, decline_code))
    const known = (touches.get(recoveryCase.id) ?? []).map(knownTouch)
    return { recoveryCase, plan: replan(steps, known, campaign_at, campaign) }
  })
  await insertTouches(trx, plans)
  await moveTouches(
    trx,
    plans.flatMap(({ plan }) => plan.move),
  )
  const dropped = plans.flatMap(({ plan }) => plan.drop)
  if (dropped.length > 0) {
    await Touch.query(trx).whereIn('id', dropped).patch({ canceled_at: context.now(), reason: CAMPAIGN_CHANGED })
  }
}

function byCase(touches: readonly Touch[]): ReadonlyMap<string, Touch[]> {
  const grouped = new Map<string, Touch[]>()
  for (const touch of touches) grouped.set(touch.case_id, [...(grouped.get(touch.case_id) ?? []), touch])
  return grouped
}

function knownTouch(touch: Touch): KnownTouch {
  const { id, step, wait_minutes, due_at, asked_at, template, mail_id, skipped_at, canceled_at, reason } = touch
  const isDropped = canceled_at !== null && reason === CAMPAIGN_CHANGED
  const state: KnownTouch['state'] = isDropped ? 'dropped' : mail_id || skipped_at || canceled_at ? 'over' : 'planned'
  return { id, step, waitMinutes: wait_minutes, dueAt: due_at, template, state, isAsked: asked_at !== null }
}

async function insertTouches(trx: Db, plans: readonly { recoveryCase: RecoveryCase; plan: Replan }[]): Promise<void> {
  const rows = plans.flatMap(({ recoveryCase: { workspace_id, id }, plan }) =>
    plan.insert.map(({ step, waitMinutes, dueAt, template }) => ({
      workspace_id,
      case_id: id,
      step,
      wait_minutes: waitMinutes,
      due_at: dueAt,
      template,
    })),
  )
  if (rows.length > 0) await Touch.query(trx).insert(rows)
}

async function moveTouches(trx: Db, moves: Replan['move']): Promise<void> {
  if (moves.length === 0) return
  await trx.raw(
    `update touches set
       wait_minutes = planned.wait_minutes, due_at = planned.due_at, template = planned.template,
       canceled_at = null, reason = null
     from unnest(?::uuid[], ?::int[], ?::timestamptz[], ?::text[]) as planned (id, wait_minutes, due_at, template)
     where touches.id = planned.id`,
    [
      moves.map(({ id }) => id),
      moves.map(({ waitMinutes }) => waitMinutes),
      moves.map(({ dueAt }) => dueAt.toISOString()),
      moves.map(({ template }) => template),
    ],
  )
}
