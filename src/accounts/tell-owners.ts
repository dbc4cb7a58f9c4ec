import type { OwnerNotice } from '../../emails/owner-notice.js'
import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import type { Diagnostic } from '../db/models/diagnostic.js'
import { Owner } from '../db/models/owner.js'
import type { Sender } from '../db/models/sender.js'
import type { StripeConnection } from '../db/models/stripe-connection.js'
import { Workspace } from '../db/models/workspace.js'
import { formatMoney } from '../domain/money.js'
import { reportInParagraphs } from './report-in-paragraphs.js'
import { writeToOwner } from './write-to-owner.js'

/** One worker has so long for the mail; then another may try. */
const LEASE_MS = 2 * 60_000
/** The provider knows a repeated mail by its key for 24 hours: a fate that is unknown after that stays so. */
const REPEATED_FOR_MS = 23 * 3_600_000

/** Something that went wrong and that the owner hears of once, each time that it begins. It stands in a row of its own. */
interface Matter<Row = never> {
  /** Names its mails to the provider. */
  readonly name: string
  readonly table: string
  readonly workspaceColumn: 'id' | 'workspace_id'
  /** Since when it stands so; when somebody last tried to tell, and told. */
  readonly columns: { readonly began: string; readonly tried: string; readonly told: string }
  /** Only rows that are these. */
  readonly only?: Readonly<Record<string, null>>
  /** Nothing in it may change between two tries: the provider refuses another text under the same key. */
  notice(row: Row, place: { readonly appUrl: string }): OwnerNotice
}

const REJECTED_KEY: Matter<StripeConnection> = {
  name: 'key-rejected',
  table: 'stripe_connections',
  workspaceColumn: 'workspace_id',
  columns: { began: 'rejected_at', tried: 'rejection_tried_at', told: 'rejection_told_at' },
  only: { replaced_at: null },
  notice: ({ api_key_last4 }, { appUrl }) => ({
    subject: 'Stripe no longer accepts your key',
    paragraphs: [
      `Stripe refuses the restricted key ending in ${api_key_last4}: it was revoked, or it has expired.`,
      'Until there is a new one, recovery links lead to the last page that we know, and nothing new is learned from Stripe. Your cases and figures stay where they are, and failed renewals that Stripe reports to us are still kept.',
      'Make a new restricted key in Stripe and paste it on the page below. Nothing else has to be set up again.',
    ],
    action: { label: 'Connect Stripe again', link: `${appUrl}/onboarding/stripe` },
  }),
}

const WITHDRAWN_SENDER: Matter<Sender> = {
  name: 'sender-withdrawn',
  table: 'senders',
  workspaceColumn: 'workspace_id',
  columns: { began: 'withdrawn_at', tried: 'withdrawal_tried_at', told: 'withdrawal_told_at' },
  notice: ({ from_address, withdrawn_because, api_key_last4 }, { appUrl }) => ({
    subject: 'Your mails to customers are waiting',
    paragraphs: [
      withdrawn_because === 'key'
        ? `Resend refuses your key ending in ${api_key_last4}: it was removed, or it may no longer send.`
        : `Resend refuses mails from ${from_address}: its domain is no longer verified there, or your key may not send from it.`,
      'Mails that are due wait; none is sent from another address. They go out by themselves once Resend takes them again.',
      'Verify the domain in Resend, give a new key on the page below, or remove your own sender there: mails then come from this installation’s address, in your name.',
    ],
    action: { label: 'Look at your sender', link: `${appUrl}/app/settings/sender` },
  }),
}

const BOUNCED_REPLY_TO: Matter<Workspace> = {
  name: 'reply-to-bounced',
  table: 'workspaces',
  workspaceColumn: 'id',
  columns: { began: 'reply_to_bounced_at', tried: 'reply_to_tried_at', told: 'reply_to_told_at' },
  notice: ({ reply_to }, { appUrl }) => ({
    subject: 'Your address for replies does not take mail',
    paragraphs: [
      `A mail to ${reply_to ?? 'your address for replies'} came back. Customers who answer would write into nothing.`,
      'From now on their replies come to this mailbox instead. Mend the address and confirm it anew on the page below, or choose another.',
    ],
    action: { label: 'Look at the address', link: `${appUrl}/app/settings/sender` },
  }),
}

const GROWN_LEAK: Matter<Diagnostic> = {
  name: 'leak-grown',
  table: 'diagnostics',
  workspaceColumn: 'workspace_id',
  columns: { began: 'leak_grew_at', tried: 'leak_tried_at', told: 'leak_told_at' },
  notice: ({ id, leak_growth }, { appUrl }) => ({
    subject: 'More renewals are being lost',
    paragraphs: [
      'The 90-day diagnostic found that more was lost than in the run before:',
      ...(leak_growth ?? []).map(
        ({ after, before, currency }) =>
          `${formatMoney({ amount: after, currency }, 'en-US')} lost in the last 90 days, ${formatMoney({ amount: before, currency }, 'en-US')} in the run before.`,
      ),
      'The report shows by which declines, in which weeks and with whom. By how much it must grow for this mail to come, you set beside the schedule.',
    ],
    action: { label: 'See the report', link: `${appUrl}/app/diagnostics?run=${id}` },
  }),
}

const WANTED_REPORT: Matter<Diagnostic> = {
  name: 'diagnostic-report',
  table: 'diagnostics',
  workspaceColumn: 'workspace_id',
  columns: { began: 'report_wanted_at', tried: 'report_tried_at', told: 'report_told_at' },
  notice: ({ id, report, unread }, { appUrl }) => ({
    subject: 'Your 90-day diagnostic',
    paragraphs: reportInParagraphs(report, unread),
    action: { label: 'Open the report', link: `${appUrl}/app/diagnostics?run=${id}` },
  }),
}

const MATTERS = [REJECTED_KEY, WITHDRAWN_SENDER, BOUNCED_REPLY_TO, GROWN_LEAK, WANTED_REPORT] as readonly Matter[]

/** What every matter's row has. */
interface Claimed {
  readonly row: { readonly id: string } & Readonly<Record<string, unknown>>
  readonly began: Date
  readonly isFirstTry: boolean
}

/** Whether an owner waits to be told of something. */
export async function hasToTellOwners(context: Context): Promise<boolean> {
  for (const matter of MATTERS) if ((await due(context, context.db, matter).first('id')) !== undefined) return true
  return false
}

/**
 * Mails owners what they must know: once for each time that it began. What is to be told stands in the row, so a crash
 * loses nothing; a repeat goes out under the same key, so the provider sends one mail.
 */
export async function tellOwners(context: Context): Promise<void> {
  for (const matter of MATTERS) {
    for (let found = await claim(context, matter); found; found = await claim(context, matter)) {
      const { row, began, isFirstTry } = found
      const isTooLate = !isFirstTry && context.now().getTime() - began.getTime() > REPEATED_FOR_MS
      if (isTooLate) context.log.warn({ id: row.id, matter: matter.name }, 'whether an owner heard of it is unknown')
      if (isTooLate || (await tell(context, matter, found))) {
        const { columns, table } = matter
        await context
          .db(table)
          .where({ id: row.id, [columns.began]: began })
          .update({ [columns.told]: context.now() })
      }
    }
  }
}

function due({ now }: Context, db: Db, { columns, only = {}, table }: Matter) {
  const { began, told, tried } = columns
  return db(table)
    .whereNotNull(began)
    .where({ [told]: null, ...only })
    .where((free) => free.whereNull(tried).orWhere(tried, '<=', new Date(now().getTime() - LEASE_MS)))
}

async function claim(context: Context, matter: Matter): Promise<Claimed | null> {
  const { began, tried } = matter.columns
  return context.db.transaction(async (trx) => {
    const row: Claimed['row'] | undefined = await due(context, trx, matter)
      .orderBy(began)
      .first('*')
      .forUpdate()
      .skipLocked()
    if (!row) return null
    await trx(matter.table)
      .where({ id: row.id })
      .update({ [tried]: context.now() })
    return { row, began: row[began] as Date, isFirstTry: row[tried] === null }
  })
}

/** @returns whether that is done with: mailed, or nobody to mail it with */
async function tell(context: Context, matter: Matter, { row, began }: Claimed): Promise<boolean> {
  const workspace = await Workspace.query(context.db).findById(String(row[matter.workspaceColumn])).throwIfNotFound()
  const owner = await Owner.query(context.db).findById(workspace.owner_id).throwIfNotFound()
  const notice = matter.notice(row as never, context.settings)
  const smallPrint = 'You get this because you own a SecondLoop workspace. It is sent once.'
  const key = `${matter.name}-${row.id}-${began.getTime()}`
  const result = await writeToOwner(context, owner.email, { ...notice, smallPrint }, key)
  if (result === 'no_provider') context.say(`${notice.subject}. ${notice.paragraphs[0]} ${notice.action?.link ?? ''}`)
  return result !== 'not_sent'
}
