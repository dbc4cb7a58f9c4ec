import type { Context } from '../context.js'
import { AddressConfirmation } from '../db/models/address-confirmation.js'
import { Diagnostic } from '../db/models/diagnostic.js'
import { DiagnosticFinding } from '../db/models/diagnostic-finding.js'
import { EventCheck } from '../db/models/event-check.js'
import { PreviousWebhookToken } from '../db/models/previous-webhook-token.js'
import { Session } from '../db/models/session.js'
import { SignInToken } from '../db/models/sign-in-token.js'
import { SigningSecret } from '../db/models/signing-secret.js'

/** A link that is over still says so for a day, to whoever finds it in the mailbox. */
const LINK_TOLD_MS = 86_400_000
const CHECK_KEPT_MS = 90 * 86_400_000
/** The sums of older reports stay. */
const FINDING_KEPT_MS = 100 * 86_400_000

/**
 * Forgets links, sessions, secrets and counters that can do nothing any more, and the addresses with them; and what was
 * found missing long ago, and the single invoices of old diagnostics.
 */
export async function retireExpired({ db, now }: Context): Promise<void> {
  const time = now()
  const told = new Date(time.getTime() - LINK_TOLD_MS)
  await SignInToken.query(db).where('expires_at', '<=', told).delete()
  await AddressConfirmation.query(db).where('expires_at', '<=', told).delete()
  await Session.query(db).where('expires_at', '<=', time).delete()
  await PreviousWebhookToken.query(db).where('ends_at', '<=', time).delete()
  await SigningSecret.query(db).where('expires_at', '<=', time).delete()
  await EventCheck.query(db)
    .where('ended_at', '<=', new Date(time.getTime() - CHECK_KEPT_MS))
    .delete()
  const oldRuns = Diagnostic.query(db)
    .where('ended_at', '<=', new Date(time.getTime() - FINDING_KEPT_MS))
    .select('id')
  await DiagnosticFinding.query(db).whereIn('diagnostic_id', oldRuns).delete()
  await db('rate_limits').where('expire', '<=', time.getTime()).delete()
}
