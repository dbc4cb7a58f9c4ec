import type { Db } from '../../src/db/knex.js'
import type { LinkRequest } from '../../src/domain/link-visit.js'
import { eventually } from './eventually.js'

export const BROWSER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

/** Somebody presses the button in the mail. */
export const A_PERSON: LinkRequest = { userAgent: BROWSER, purpose: '' }

/** As if a case's mail had been accepted a minute before: whoever opens its link then may be a person. */
export async function mailedAMinuteAgo(db: Db, caseId: string): Promise<void> {
  const sent = () => db('touches').where({ case_id: caseId }).whereNotNull('sent_at')
  await eventually(async () => (await sent().update({ sent_at: db.raw("sent_at - interval '1 minute'") })) > 0)
}
