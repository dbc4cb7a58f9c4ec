import type { Db } from '../db/knex.js'
import type { Mail } from '../db/models/mail.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { addEntry } from './timeline.js'

/** The provider took a mail: its touches are sent, and each case's timeline says so. The caller holds its delivery. */
export async function acceptMail(
  trx: Db,
  mail: Mail,
  { at, providerId }: { readonly at: Date; readonly providerId: string },
): Promise<void> {
  await mail.$query(trx).patch({ accepted_at: at, provider_id: providerId })
  for (const touch of await Touch.query(trx).where({ mail_id: mail.id })) {
    await touch.$query(trx).patch({ sent_at: at })
    const recoveryCase = await RecoveryCase.query(trx)
      .findById(touch.case_id)
      .select('id', 'workspace_id', 'received_at')
    if (!recoveryCase) continue
    const { step } = touch
    const afterMs = at.getTime() - recoveryCase.received_at.getTime()
    await addEntry(
      trx,
      recoveryCase,
      { kind: 'mail_accepted', detail: { step, afterMs, mailId: mail.id } },
      { at, key: String(step) },
    )
  }
}
