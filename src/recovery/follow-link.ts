import { mailLanguage } from '../../emails/words/languages.js'
import { type Context, connectionOf } from '../context.js'
import type { Db } from '../db/knex.js'
import { Owner } from '../db/models/owner.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Workspace } from '../db/models/workspace.js'
import { newestMailAt } from '../db/queries/newest-mail-at.js'
import { withinTime } from '../deadline.js'
import type { Outcome } from '../domain/case.js'
import { mailVariantFor } from '../domain/decline.js'
import { type LinkRequest, visitOf } from '../domain/link-visit.js'
import { hashToken } from '../secrets/tokens.js'
import { type Stripe, stripeRefusal } from '../stripe/client.js'
import { createCardSession, isStripePage } from '../stripe/portal.js'
import { hostedPage } from './hosted-page.js'
import { workingReplyTo } from './note-reply-to.js'
import { addEntry } from './timeline.js'
import { needsConfirmation } from './waiting-for-charge.js'

/** What stands over every page of ours that a customer sees. */
export interface Letterhead {
  readonly workspaceName: string
  /** BCP 47, the one of the customer's mails. */
  readonly language: string
}

/** Where a recovery link leads. */
export type LinkTarget =
  | { readonly kind: 'redirect'; readonly url: string }
  | (Letterhead & { readonly kind: 'closed'; readonly outcome: Outcome })
  | (Letterhead & { readonly kind: 'unreachable'; readonly replyTo: string })
  | (Letterhead & { readonly kind: 'busy' })
  | { readonly kind: 'unknown' }

/** Scanners and restless fingers: this many Stripe sessions a link and minute. */
const MINTS_A_MINUTE = 10
const MINUTE_MS = 60_000
/** A person waits: Stripe has this long, for all calls together. */
const PATIENCE_MS = 4_000

/** A case found by its link, with the workspace it belongs to. */
export interface LinkedCase {
  readonly recoveryCase: RecoveryCase
  readonly workspace: Workspace
}

/** @returns `null` when no case has this token */
export async function findByLink({ db }: Context, token: string): Promise<LinkedCase | null> {
  const recoveryCase = await RecoveryCase.query(db).findOne({ link_token_hash: hashToken(token) })
  const workspace = recoveryCase && (await Workspace.query(db).findById(recoveryCase.workspace_id))
  return recoveryCase && workspace ? { recoveryCase, workspace } : null
}

export const letterheadOf = ({ recoveryCase, workspace }: LinkedCase): Letterhead => ({
  workspaceName: workspace.name,
  language: mailLanguage(recoveryCase.customer_locales ?? []),
})

/**
 * Follows a recovery link to a fresh Stripe page: the card page, or the hosted invoice where the bank wants the customer
 * to confirm, or where the key or account allows no portal. Never leads anywhere but to Stripe.
 *
 * A program is led to the page that Stripe named last, so that it uses up nothing that is a person's. Whoever is taken
 * for a program by mistake can pay there as well.
 */
export async function followLink(context: Context, token: string, request: LinkRequest): Promise<LinkTarget> {
  const linked = await findByLink(context, token)
  if (!linked) return { kind: 'unknown' }
  const { recoveryCase, workspace } = linked
  const letterhead = letterheadOf(linked)
  if (recoveryCase.outcome) return { kind: 'closed', ...letterhead, outcome: recoveryCase.outcome }

  const at = context.now()
  const visit = visitOf(request, at, await newestMailAt(context.db, recoveryCase, at))
  const known = lastKnownPage(context, recoveryCase)
  const enough = visit === 'machine' ? known : null
  if (!enough && !(await takeMint(context, recoveryCase))) return { kind: 'busy', ...letterhead }
  const target = enough ?? (await freshPageInTime(context, recoveryCase, token)) ?? known
  if (!target) {
    return {
      kind: 'unreachable',
      ...letterhead,
      replyTo: workingReplyTo(workspace) ?? (await ownerAddress(context.db, workspace)),
    }
  }
  if (visit === 'opened') {
    const opening = { kind: 'link_opened', detail: { target: target.page } } as const
    await addEntry(context.db, recoveryCase, opening, { at, key: at.toISOString() })
  } else await noteFetch(context.db, recoveryCase, visit, at)
  return { kind: 'redirect', url: target.url }
}

/** Somebody asks by HEAD whether there is such a page, as scanners do first. Nothing is made for them. */
export async function lookAtLink({ db, now }: Context, token: string): Promise<boolean> {
  const recoveryCase = await RecoveryCase.query(db).findOne({ link_token_hash: hashToken(token) })
  if (recoveryCase && !recoveryCase.outcome) await noteFetch(db, recoveryCase, 'machine', now())
  return recoveryCase !== undefined
}

/** One a minute, so that a scanner does not flood the timeline. */
async function noteFetch(db: Db, recoveryCase: RecoveryCase, by: 'machine' | 'too_soon', at: Date): Promise<void> {
  const minute = at.toISOString().slice(0, 'YYYY-MM-DDThh:mm'.length)
  await addEntry(db, recoveryCase, { kind: 'link_fetched', detail: { by } }, { at, key: minute })
}

interface StripePage {
  readonly page: 'card' | 'invoice'
  readonly url: string
}

async function freshPageInTime(
  context: Context,
  recoveryCase: RecoveryCase,
  token: string,
): Promise<StripePage | null> {
  try {
    const page = await withinTime(freshPage(context, recoveryCase, token), PATIENCE_MS, 'Stripe')
    return page && isStripePage(page.url, context.settings.stripeApiBase) ? page : null
  } catch (error) {
    context.log.warn({ err: error, caseId: recoveryCase.id }, 'Stripe gave no page for a recovery link')
    return null
  }
}

async function freshPage(context: Context, recoveryCase: RecoveryCase, token: string): Promise<StripePage | null> {
  const { workspace_id, connection_id, decline_class, decline_code, stripe_customer_id } = recoveryCase
  const stripe = context.stripe(await connectionOf(context, workspace_id, connection_id))
  const wantsCustomer = mailVariantFor(decline_class, decline_code) === 'authentication'
  const wantsCard = !wantsCustomer && !(await needsConfirmation(context.db, recoveryCase))
  if (wantsCard && stripe_customer_id?.startsWith('cus_')) {
    const doneUrl = `${context.settings.appUrl}/r/${token}/done`
    const url = await cardPage(context, stripe, stripe_customer_id, doneUrl)
    if (url) return { page: 'card', url }
  }
  const url = await hostedPage(context, recoveryCase)
  return url ? { page: 'invoice', url } : null
}

/** `null` when Stripe will not give this account or key a portal session: the hosted invoice serves as well. */
async function cardPage(context: Context, stripe: Stripe, customerId: string, doneUrl: string) {
  try {
    return await createCardSession(stripe, customerId, doneUrl)
  } catch (error) {
    const refusal = stripeRefusal(error)
    if (refusal === null || refusal === 'unreachable') throw error
    context.log.warn({ err: error, refusal }, 'Stripe gave no portal session')
    return null
  }
}

const lastKnownPage = ({ settings }: Context, { hosted_invoice_url: url }: RecoveryCase): StripePage | null =>
  url && isStripePage(url, settings.stripeApiBase) ? { page: 'invoice', url } : null

/** Counts in the row, so that it holds over all web processes. */
async function takeMint({ db, now }: Context, { id }: RecoveryCase): Promise<boolean> {
  const time = now()
  const windowStart = new Date(time.getTime() - MINUTE_MS)
  const { rows } = await db.raw<{ rows: { link_mints: number }[] }>(
    `update recovery_cases set
       link_mints = case when link_window_at > :windowStart then link_mints + 1 else 1 end,
       link_window_at = case when link_window_at > :windowStart then link_window_at else :time end
     where id = :id
     returning link_mints`,
    { id, time, windowStart },
  )
  return (rows[0]?.link_mints ?? 0) <= MINTS_A_MINUTE
}

async function ownerAddress(db: Db, { owner_id }: Workspace): Promise<string> {
  return (await Owner.query(db).findById(owner_id).throwIfNotFound()).email
}

/**
 * Stops reminders for this invoice, or for all open invoices of its customer: what one click on a mail about several
 * asks for. Running it twice changes nothing.
 */
export async function stopReminders(context: Context, token: string, { all = false } = {}): Promise<LinkedCase | null> {
  const linked = await findByLink(context, token)
  if (!linked) return null
  const { workspace_id, id, stripe_customer_id } = linked.recoveryCase
  const at = context.now()
  await context.db.transaction(async (trx) => {
    const others =
      all && stripe_customer_id
        ? await RecoveryCase.query(trx).where({ workspace_id, stripe_customer_id, closed_at: null }).select('id')
        : []
    for (const caseId of new Set([id, ...others.map((other) => other.id)].sort())) {
      await RecoveryCase.query(trx)
        .where({ id: caseId, reminders_stopped_at: null })
        .patch({ reminders_stopped_at: at })
      await addEntry(trx, { workspace_id, id: caseId }, { kind: 'reminders_stopped', detail: {} }, { at })
    }
  })
  return linked
}
