import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'
import { Workspace } from '../db/models/workspace.js'
import type { Truth } from './ask-stripe.js'
import { applyChange, type CampaignChange } from './change-campaign.js'
import type { DueTouch } from './choose-touches.js'
import { plannedTouches } from './due-touches.js'
import { takeTouches } from './fix-delivery.js'
import { mailerFor } from './mailer-for.js'
import { lockPast, openFromTruth, type PastInvoice, type PastOutcome } from './open-past-case.js'
import { turnPromptsOn } from './switch-prompts.js'
import type { SkipReason } from './timeline.js'
import { type Correspondence, correspondenceOf, type WrittenMail, writeMail } from './write-mail.js'

/** What is tried: prompts switched on, a campaign changed, or both. */
export interface Attempt {
  readonly promptsOn?: true
  readonly campaign?: CampaignChange
  /** Cases opened of invoices of the past; what became of each is told. */
  readonly pasts?: readonly RehearsedPast[]
  readonly onPast?: (past: RehearsedPast, outcome: PastOutcome) => void
}

export interface RehearsedPast {
  readonly past: PastInvoice
  /** The invoice as Stripe has it. */
  readonly truth: Truth
}

export interface Rehearsal {
  /** Which mails would go out now, the most urgent first; at most `MAILS_SHOWN`, in the words that would be sent. */
  readonly mails: readonly RehearsedMail[]
  /** How many would, those shown included. More than `TOUCHES_LOOKED_AT` touches are not looked at. */
  readonly mailCount: number
  readonly isCutOff: boolean
  /** Due, and not sent. */
  readonly skipped: readonly { readonly recoveryCase: RecoveryCase; readonly reason: SkipReason }[]
  /** Due, and waiting for the sending hours or the gap. */
  readonly postponed: readonly { readonly recoveryCase: RecoveryCase; readonly until: Date }[]
  /** Planned for later: how many touches, by the day in the workspace's time zone (`2026-11-24`). */
  readonly later: readonly { readonly day: string; readonly touches: number }[]
  readonly hasProvider: boolean
}

export interface RehearsedMail {
  readonly letter: WrittenMail
  readonly about: readonly Pick<DueTouch, 'recoveryCase' | 'template'>[]
}

export const MAILS_SHOWN = 50
const TOUCHES_LOOKED_AT = 500
const NO_PROVIDER = 'SecondLoop <no-reply@secondloop.invalid>'

/**
 * What would go out now, to whom and in which words. It is done, by the very code that does it, in a transaction that is
 * then rolled back: nothing is changed, nothing is sent. Only Stripe is not asked; before a real mail it may be.
 */
export async function rehearse(context: Context, workspaceId: string, attempt: Attempt): Promise<Rehearsal> {
  const trx = await context.db.transaction()
  try {
    const { pasts = [] } = attempt
    await lockPast(
      trx,
      workspaceId,
      pasts.map(({ truth }) => truth),
    )
    const workspace = await Workspace.query(trx).findById(workspaceId).forUpdate().throwIfNotFound()
    if (attempt.campaign) await applyChange(context, trx, workspace, attempt.campaign)
    if (attempt.promptsOn && !workspace.prompts_on_at) await turnPromptsOn(context, trx, workspace)
    for (const each of pasts) attempt.onPast?.(each, await openFromTruth(context, trx, each.past, each.truth))
    const correspondence = await correspondenceOf(trx, workspaceId)
    if (!correspondence) return NOTHING
    return await look(context, trx, correspondence)
  } finally {
    await trx.rollback()
  }
}

const NOTHING: Rehearsal = {
  mails: [],
  mailCount: 0,
  isCutOff: false,
  skipped: [],
  postponed: [],
  later: [],
  hasProvider: true,
}

async function look(context: Context, trx: Db, correspondence: Correspondence): Promise<Rehearsal> {
  const { due, choice } = await takeTouches(context, trx, correspondence, { limit: TOUCHES_LOOKED_AT, unchecked: true })
  const mailer = await mailerFor(context, correspondence.workspace.id)
  const mails: RehearsedMail[] = []
  const unwritten: (readonly DueTouch[])[] = []
  for (const group of choice.mails.slice(0, MAILS_SHOWN)) {
    try {
      mails.push({
        letter: await writeMail(context, mailer ?? { from: NO_PROVIDER }, correspondence, group),
        about: group,
      })
    } catch (error) {
      context.log.error(
        { err: error, caseIds: group.map(({ recoveryCase }) => recoveryCase.id) },
        'a mail could not be rendered',
      )
      unwritten.push(group)
    }
  }
  return {
    mails,
    mailCount: choice.mails.length - unwritten.length,
    isCutOff: due.length >= TOUCHES_LOOKED_AT,
    skipped: [
      ...choice.skip.map(({ due: { recoveryCase }, reason }) => ({ recoveryCase, reason })),
      ...unwritten.flat().map(({ recoveryCase }) => ({ recoveryCase, reason: 'mail_not_rendered' as const })),
    ],
    postponed: choice.postpone.map(({ due: { recoveryCase }, until }) => ({ recoveryCase, until })),
    later: await laterByDay(context, trx, correspondence.workspace),
    hasProvider: mailer !== null,
  }
}

async function laterByDay({ now }: Context, trx: Db, { id, time_zone }: Workspace): Promise<Rehearsal['later']> {
  const rows: { day: string; touches: number }[] = await plannedTouches(trx, id)
    .where('touch.due_at', '>', now())
    .groupByRaw('1')
    .orderByRaw('1')
    .select(trx.raw(`to_char(touch.due_at at time zone ?, 'YYYY-MM-DD') as day, count(*) as touches`, [time_zone]))
  return rows
}
