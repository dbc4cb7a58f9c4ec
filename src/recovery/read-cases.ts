import type { Context } from '../context.js'
import { CaseEntry } from '../db/models/case-entry.js'
import { Mail } from '../db/models/mail.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { type MailContent, mailPlace } from './write-mail.js'

/** How many wait for their money. */
export function countOpenCases({ db }: Context, workspaceId: string, connectionId: string): Promise<number> {
  return RecoveryCase.query(db)
    .where({ workspace_id: workspaceId, connection_id: connectionId, closed_at: null })
    .resultSize()
}

/** One case with everything that was seen, planned and written about it. */
export interface CaseDossier {
  readonly recoveryCase: RecoveryCase
  readonly entries: CaseEntry[]
  readonly touches: Touch[]
  /** As sent, with the plain text decrypted. */
  readonly mails: (Mail & { text: string })[]
}

/** @returns `null` when the workspace has no such case */
export async function readCase(
  { db, cipher }: Context,
  workspaceId: string,
  caseId: string,
): Promise<CaseDossier | null> {
  const recoveryCase = await RecoveryCase.query(db).findOne({ workspace_id: workspaceId, id: caseId })
  if (!recoveryCase) return null
  const ofCase = { workspace_id: workspaceId, case_id: caseId }
  const entries = await CaseEntry.query(db).where(ofCase).orderBy(['at', 'id'])
  const touches = await Touch.query(db).where(ofCase).orderBy('step')
  const mailIds = touches.flatMap(({ mail_id }) => mail_id ?? [])
  const mails = await Mail.query(db).where({ workspace_id: workspaceId }).whereIn('id', mailIds)
  return {
    recoveryCase,
    entries,
    touches,
    mails: mails.map((mail) => {
      const { text } = JSON.parse(cipher.open(mail.content_sealed, mailPlace(workspaceId))) as MailContent
      return Object.assign(mail, { text })
    }),
  }
}
