import type { Context } from '../context.js'
import { Owner } from '../db/models/owner.js'
import { Workspace } from '../db/models/workspace.js'
import { noteSenderWithdrawn } from '../db/queries/note-sender-answer.js'
import { type SentAtOnce, sendAtOnce } from '../mail/send-at-once.js'
import { type MailKind, mailerOfKind, previewMail } from './preview-mail.js'

/** An owner's wish for a mail to try. A press that is sent twice has the same request id, and sends one mail. */
export interface TestMail extends MailKind {
  readonly workspaceId: string
  readonly requestId: string
}

export type SentTestMail =
  | SentAtOnce
  | { readonly kind: 'no_provider' }
  /** A digest that would not be mailed now either. */
  | { readonly kind: 'nothing_to_say' }

/** Sends a mail as it is previewed, but to the owner, marked `[test]`: at once, and past what is planned. */
export async function sendTestMail(
  context: Context,
  { workspaceId, requestId, ...kind }: TestMail,
): Promise<SentTestMail> {
  const mailer = await mailerOfKind(context, workspaceId, kind)
  if (!mailer) return { kind: 'no_provider' }
  const letter = await previewMail(context, workspaceId, kind)
  if (!letter) return { kind: 'nothing_to_say' }

  const workspace = await Workspace.query(context.db).findById(workspaceId).throwIfNotFound()
  const owner = await Owner.query(context.db).findById(workspace.owner_id).throwIfNotFound()
  const key = `test-${workspaceId}-${requestId}`
  const mail = {
    ...letter.content,
    from: letter.from_address ?? mailer.from,
    to: owner.email,
    replyTo: letter.reply_to,
    subject: `[test] ${letter.subject.replace(/^\[test\] /, '')}`,
    mailId: key,
  }
  const sent = await sendAtOnce(context, mailer, mail, key)
  if (sent.kind === 'not_accepted' && sent.refuses && mailer !== context.mail) {
    const sender = { workspace_id: workspaceId, provider_key: mailer.providerKey }
    await noteSenderWithdrawn(context.db, sender, sent.refuses, context.now())
  }
  return sent
}
