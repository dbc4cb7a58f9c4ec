import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { addEntries } from './timeline.js'

/** A mail that the provider took. */
export interface AcceptedMail {
  readonly mailId: string
  readonly providerId: string
}

/**
 * The provider took these mails: their touches are sent, and each case's timeline says so. The caller holds their
 * delivery. In a few statements for all of them: a delivery has up to 100.
 */
export async function acceptMails(
  { metrics }: Context,
  trx: Db,
  mails: readonly AcceptedMail[],
  at: Date,
): Promise<void> {
  if (mails.length === 0) return
  const mailIds = mails.map(({ mailId }) => mailId)
  await trx.raw(
    `update mails set accepted_at = ?, provider_id = taken.provider_id
     from unnest(?::uuid[], ?::text[]) as taken (id, provider_id) where mails.id = taken.id`,
    [at, mailIds, mails.map(({ providerId }) => providerId)],
  )
  const touches = await Touch.query(trx).patch({ sent_at: at }).whereIn('mail_id', mailIds).returning('*')
  const caseIds = touches.map(({ case_id }) => case_id)
  const cases = await RecoveryCase.query(trx).whereIn('id', caseIds).select('id', 'workspace_id', 'received_at')
  const byId = new Map(cases.map((recoveryCase) => [recoveryCase.id, recoveryCase]))
  await addEntries(
    trx,
    touches.flatMap(({ case_id, mail_id, step }) => {
      const recoveryCase = byId.get(case_id)
      if (!recoveryCase || !mail_id) return []
      const afterMs = at.getTime() - recoveryCase.received_at.getTime()
      metrics.touches.inc({ kind: step === 0 ? 'first' : 'reminder' })
      if (step === 0) metrics.firstTouchSeconds.observe(Math.max(0, afterMs) / 1_000)
      const entry = { kind: 'mail_accepted', detail: { step, afterMs, mailId: mail_id } } as const
      return [{ recoveryCase, entry, occurrence: { at, key: String(step) } }]
    }),
  )
}
