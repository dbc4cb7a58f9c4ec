import type { Context } from '../context.js'
import { CaseEntry } from '../db/models/case-entry.js'
import { Mail } from '../db/models/mail.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { type CurrencySums, sumsByCurrency } from '../db/queries/sums-by-currency.js'
import { type MailContent, mailPlace } from './write-mail.js'

/** The newest cases of a connection, with what stands beside each. */
export interface CaseList {
  readonly cases: RecoveryCase[]
  /** By case id. */
  readonly touches: ReadonlyMap<string, Touch[]>
  readonly total: number
  readonly sums: CurrencySums[]
  /** Open cases that no campaign has begun for: nobody has written to these customers. */
  readonly unwritten: number
}

export async function listCases(
  { db }: Context,
  workspaceId: string,
  connectionId: string,
  limit: number,
): Promise<CaseList> {
  const ofConnection = () => RecoveryCase.query(db).where({ workspace_id: workspaceId, connection_id: connectionId })
  const begun = Touch.query(db)
    .where({ workspace_id: workspaceId })
    .where((over) => over.whereNotNull('mail_id').orWhereNotNull('skipped_at'))
    .select('case_id')
  const [cases, total, sums, unwritten] = await Promise.all([
    ofConnection().orderBy('opened_at', 'desc').orderBy('id').limit(limit),
    ofConnection().resultSize(),
    sumsByCurrency(db, workspaceId, connectionId),
    ofConnection().whereNull('closed_at').whereNotIn('id', begun).resultSize(),
  ])
  const touches = await Touch.query(db)
    .where({ workspace_id: workspaceId })
    .whereIn(
      'case_id',
      cases.map(({ id }) => id),
    )
    .orderBy('step')
  return { cases, touches: byCase(touches), total, sums, unwritten }
}

/** How many wait for their money. */
export function countOpenCases({ db }: Context, workspaceId: string, connectionId: string): Promise<number> {
  return RecoveryCase.query(db)
    .where({ workspace_id: workspaceId, connection_id: connectionId, closed_at: null })
    .resultSize()
}

function byCase(touches: Touch[]): Map<string, Touch[]> {
  const groups = new Map<string, Touch[]>()
  for (const touch of touches) {
    const group = groups.get(touch.case_id)
    if (group) group.push(touch)
    else groups.set(touch.case_id, [touch])
  }
  return groups
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
