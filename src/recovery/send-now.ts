import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { CaseEntry } from '../db/models/case-entry.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { Workspace } from '../db/models/workspace.js'
import { lastMailsTo } from '../db/queries/last-mails-to.js'
import { FIRST_EXTRA_STEP } from '../domain/campaign.js'
import { nextSendingTime } from '../domain/sending-hours.js'
import { lockCase, type OwnersCase } from './lock-case.js'
import { readCampaign } from './read-campaign.js'
import { addEntry } from './timeline.js'

export type SentNow =
  /** It goes then, if the invoice is still unpaid; ring for the workspace. Later than now: the gap or the hours say so. */
  | { readonly kind: 'planned'; readonly at: Date }
  | { readonly kind: 'last_sent' | 'already' | 'closed' | 'paused' | 'prompts_off' | 'stopped' | 'unknown' }

/**
 * Brings a case's next mail forward, or plans one more where the campaign is over, as soon as the gap to the last mail and
 * the sending hours allow: those hold for the owner's hand as well.
 *
 * @param key `requestId` tells one press of the button from another: the same again changes nothing
 */
export async function sendNow(context: Context, key: OwnersCase & { readonly requestId: string }): Promise<SentNow> {
  return context.db.transaction(async (trx) => {
    const recoveryCase = await lockCase(trx, key)
    if (!recoveryCase) return { kind: 'unknown' }
    const workspace = await Workspace.query(trx).findById(key.workspaceId).throwIfNotFound()
    const kind = whyNot(recoveryCase, workspace)
    if (kind) return { kind }
    const pressed = { case_id: recoveryCase.id, kind: 'sent_now', key: key.requestId }
    if (await CaseEntry.query(trx).findOne(pressed)) return { kind: 'already' }

    const now = context.now()
    const touches = await Touch.query(trx).where({ case_id: recoveryCase.id }).orderBy('step')
    // It told the customer that it was the last.
    if (touches.some(({ template, mail_id }) => template === 'final_notice' && mail_id)) return { kind: 'last_sent' }
    const next = touches.find(isPlanned)
    const at = next?.step === 0 ? next.due_at : await earliest(context, trx, recoveryCase, workspace)
    const step = next?.step ?? Math.max(FIRST_EXTRA_STEP - 1, ...touches.map(stepBelowThanks)) + 1
    if (next) await next.$query(trx).patch({ due_at: at, asked_at: now })
    else {
      const { workspace_id, id } = recoveryCase
      await Touch.query(trx).insert({
        workspace_id,
        case_id: id,
        step,
        template: 'reminder',
        due_at: at,
        asked_at: now,
      })
    }
    const entry = { kind: 'sent_now', detail: { by: key.ownerId, step } } as const
    await addEntry(trx, recoveryCase, entry, { at: now, key: key.requestId })
    return { kind: 'planned', at }
  })
}

function whyNot({ outcome, paused_at, subscription_paused, reminders_stopped_at }: RecoveryCase, workspace: Workspace) {
  if (outcome) return 'closed'
  if (paused_at || subscription_paused) return 'paused'
  if (reminders_stopped_at) return 'stopped'
  return workspace.prompts_on_at ? null : 'prompts_off'
}

async function earliest({ now }: Context, trx: Db, recoveryCase: RecoveryCase, workspace: Workspace): Promise<Date> {
  const { gapHours, hours } = await readCampaign(trx, workspace)
  const time = now()
  const gapMs = gapHours * 3_600_000
  const lastMails = await lastMailsTo(trx, workspace.id, [recoveryCase], new Date(time.getTime() - gapMs))
  const lastMail = lastMails(recoveryCase)
  const gapEnds = lastMail ? lastMail.getTime() + gapMs : 0
  return nextSendingTime(new Date(Math.max(time.getTime(), gapEnds)), hours)
}

const isPlanned = ({ mail_id, skipped_at, canceled_at, template }: Touch) =>
  !mail_id && !skipped_at && !canceled_at && template !== 'thank_you'

const stepBelowThanks = ({ step, template }: Touch) => (template === 'thank_you' ? 0 : step)
