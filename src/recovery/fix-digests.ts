import { randomUUID } from 'node:crypto'
import type { Context } from '../context.js'
import { Delivery } from '../db/models/delivery.js'
import { Mail } from '../db/models/mail.js'
import { Owner } from '../db/models/owner.js'
import { Workspace } from '../db/models/workspace.js'
import { nextDigestAt } from '../domain/digest.js'
import { messageOf } from '../errors.js'
import type { Mailer } from '../mail/mailer.js'
import { type DigestNews, readDigest, rememberTold } from './read-digest.js'
import { writeDigest } from './write-digest.js'
import { mailPlace } from './write-mail.js'

/**
 * Fewer than there are calls to the provider between two sweeps: on a Monday morning, when they are all due together,
 * first touches must not stand in line behind them.
 */
const AT_ONCE = 10

/** Whether an owner's digest is due, or not planned yet. */
export async function hasDigestsDue(context: Context): Promise<boolean> {
  return (await due(context).first().select('id')) !== undefined
}

/**
 * Fixes the digests that are due, a few at a time, each to a delivery of its own that waits to be sent. What is told,
 * the mail and the time of the next one are one commit: a crash neither loses a digest nor tells anything twice. After
 * a time without a worker or a mail provider one digest tells of all of it.
 *
 * @returns the workspaces that have something to send now
 */
export async function fixDigests(context: Context): Promise<string[]> {
  const fixed: string[] = []
  while (fixed.length < AT_ONCE && !context.stopping.aborted) {
    const one = await fixNext(context)
    if (!one) break
    if (one.isFixed) fixed.push(one.workspaceId)
  }
  return fixed
}

const due = ({ db, now }: Context) =>
  Workspace.query(db)
    .whereNot({ digest: 'off' })
    .where((either) => either.whereNull('digest_due_at').orWhere('digest_due_at', '<=', now()))

/** @returns `null`: nothing is due */
async function fixNext(context: Context): Promise<{ workspaceId: string; isFixed: boolean } | null> {
  return context.db.transaction(async (trx) => {
    const within = { ...context, db: trx }
    const workspace = await due(within).orderBy('digest_due_at').forNoKeyUpdate().skipLocked().first()
    if (!workspace || workspace.digest === 'off') return null
    const now = context.now()
    const isPlanned = workspace.digest_due_at !== null
    await workspace.$query(trx).patch({
      digest_due_at: nextDigestAt(workspace.digest, now, workspace.time_zone),
      digest_from: workspace.digest_from ?? now,
    })
    const isFixed = isPlanned && (await fixDigest(within, workspace))
    return { workspaceId: workspace.id, isFixed }
  })
}

/** @returns whether there is one: nothing to say, nobody to send it, and the last one still on its way make none */
async function fixDigest(context: Context, workspace: Workspace): Promise<boolean> {
  if (!context.mail || (await isOneUnderWay(context, workspace.id))) return false
  const news = await readDigest(context, workspace)
  return news !== null && (await fixMail(context, context.mail, workspace, news))
}

/** Whether that one is ever sent decides what the next one tells. */
async function isOneUnderWay({ db }: Context, workspaceId: string): Promise<boolean> {
  const underWay = Delivery.query(db)
    .where({ workspace_id: workspaceId, answered_at: null, dissolved_at: null, abandoned_at: null })
    .select('id')
  const digests = Mail.query(db).where({ workspace_id: workspaceId, is_digest: true }).whereIn('delivery_id', underWay)
  return (await digests.resultSize()) > 0
}

/** One that can't be written stops no other: the next one tells of it. */
async function fixMail(context: Context, mailer: Mailer, workspace: Workspace, news: DigestNews): Promise<boolean> {
  const { cipher, db: trx, log } = context
  const letter = await writeDigest(context.settings, workspace, news).catch((error: unknown) => {
    log.error({ err: error, workspaceId: workspace.id, reason: messageOf(error) }, 'a digest could not be rendered')
    return null
  })
  if (!letter) return false
  const owner = await Owner.query(trx).findById(workspace.owner_id).throwIfNotFound()
  const { subject, html, text } = letter
  const now = context.now()
  const id = randomUUID()
  const mailId = randomUUID()
  // Nobody has its lease yet: whoever sends it takes it over, and repeats it unchanged until its fate is known.
  await Delivery.query(trx).insert({
    id,
    workspace_id: workspace.id,
    provider_key: mailer.providerKey,
    idempotency_key: `secondloop-${id}`,
    fixed_at: now,
    lease_until: now,
  })
  await Mail.query(trx).insert({
    id: mailId,
    workspace_id: workspace.id,
    delivery_id: id,
    position: 0,
    to_address: owner.email,
    from_address: mailer.from,
    reply_to: mailer.from,
    subject,
    content_sealed: cipher.seal(JSON.stringify({ html, text, headers: {} }), mailPlace(workspace.id)),
    is_digest: true,
  })
  await rememberTold(context, news.connection, news.sums, mailId)
  return true
}
