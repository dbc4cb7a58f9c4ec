import type { Context } from '../../src/context.js'
import type { RecoveryCase } from '../../src/db/models/recovery-case.js'
import type { BookPlan } from '../simulator/book.js'
import type { AcceptedMail } from '../simulator/mail/index.js'
import { BROWSER, mailedAMinuteAgo } from '../support/link-requests.js'
import type { Stage } from './stage.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const plan = (product: string, rhythm: 'annual' | 'monthly', amount: number, currency = 'usd'): BookPlan => ({
  product,
  label: `${product} ${rhythm}`,
  interval: rhythm === 'annual' ? 'year' : 'month',
  currency,
  amount,
})

interface Story {
  readonly name: string
  readonly email?: null
  readonly plan: BookPlan
  readonly declineCode: string
  readonly ago: number
  readonly end?: { readonly kind: 'recovered' | 'lost' | 'forgiven'; readonly after: number }
}

/** A few weeks of a small business, the newest first. */
const STORIES = {
  confirms: {
    name: 'Northpeak Labs',
    plan: plan('Team', 'annual', 48_000),
    declineCode: 'authentication_required',
    ago: 14 * MINUTE,
  },
  open: { name: 'Cloudsmith', plan: plan('Pro', 'annual', 149_000), declineCode: 'expired_card', ago: 41 * MINUTE },
  recovered: {
    name: 'Harbor & Pine',
    plan: plan('Pro', 'monthly', 14_900),
    declineCode: 'expired_card',
    ago: 130 * MINUTE,
    end: { kind: 'recovered', after: 32 * MINUTE },
  },
  waitsForPay: {
    name: 'Tessellate Studio',
    plan: plan('Pro', 'monthly', 13_900, 'eur'),
    declineCode: 'insufficient_funds',
    ago: 5 * HOUR,
  },
  noAddress: {
    name: 'Brightwater Dental',
    email: null,
    plan: plan('Starter', 'monthly', 2_900),
    declineCode: 'lost_card',
    ago: 9 * HOUR,
  },
  noReason: {
    name: 'Kestrel Analytics',
    plan: plan('Scale', 'annual', 360_000),
    declineCode: 'generic_decline',
    ago: 20 * HOUR,
  },
  recoveredLate: {
    name: 'Oakline Logistics',
    plan: plan('Scale', 'annual', 360_000),
    declineCode: 'insufficient_funds',
    ago: 3 * DAY,
    end: { kind: 'recovered', after: 26 * HOUR },
  },
  forgiven: {
    name: 'Paperwing',
    plan: plan('Team', 'annual', 45_000, 'eur'),
    declineCode: 'do_not_honor',
    ago: 8 * DAY,
    end: { kind: 'forgiven', after: 2 * DAY },
  },
  lost: {
    name: 'Fjord Coffee',
    plan: plan('Starter', 'monthly', 2_900),
    declineCode: 'stolen_card',
    ago: 24 * DAY,
    end: { kind: 'lost', after: 21 * DAY },
  },
} as const satisfies Record<string, Story>

export type Character = keyof typeof STORIES

export interface BookedCase {
  readonly case: RecoveryCase
  /** `null`: there was no address. */
  readonly mail: AcceptedMail | null
}

/** Lets them all happen now, through webhooks, mails and Stripe, and then moves each to its time. */
export async function bookCases(stage: Stage): Promise<Record<Character, BookedCase>> {
  const happening = Object.entries<Story>(STORIES).map(
    async ([character, story]) => [character, await happen(stage, story)] as const,
  )
  return Object.fromEntries(await Promise.all(happening)) as Record<Character, BookedCase>
}

async function happen(stage: Stage, { ago, end, ...renewal }: Story): Promise<BookedCase> {
  const { stripe, mail, context, settledCase } = stage
  const email = `billing@${renewal.name.toLowerCase().replace(/\W+/g, '-')}.example`
  const { customer, invoice } = stripe.failRenewal({ email, ...renewal, preferredLocales: ['en-US'] })
  const opened = await settledCase(invoice.id)
  const sent = customer.email ? await mail.inbox.next({ to: customer.email }) : null
  if (end?.kind === 'recovered') {
    if (sent) {
      await mailedAMinuteAgo(context.db, opened.id)
      await fetch(linkOf(sent), { redirect: 'manual', headers: { 'User-Agent': BROWSER } })
    }
    stripe.saveCard(customer.id)
    stripe.retry(invoice.id)
  }
  if (end?.kind === 'lost') stripe.markUncollectible(invoice.id)
  if (end?.kind === 'forgiven') stripe.voidInvoice(invoice.id)
  const ended = end ? await settledCase(invoice.id, { outcome: end.kind }) : opened
  await stripe.webhooks.settled()
  await moveBack(context, ended, ago, end?.after ?? null)
  return { case: ended, mail: sent }
}

/** The link in the mail, without what stops reminders. */
export const linkOf = ({ headers }: AcceptedMail) =>
  (/<([^>]+)>/.exec(headers['List-Unsubscribe'] ?? '')?.[1] ?? '').replace(/\/stop$/, '')

/** As if it had failed `ago` milliseconds ago and had ended so long `after` that, a minute after the link was opened. */
async function moveBack({ db }: Context, { id, failed_at }: RecoveryCase, ago: number, after: number | null) {
  const failedAt = new Date(Date.now() - ago)
  const ms = failed_at.getTime() - failedAt.getTime()
  const back = (table: string, columns: string[], where: string) =>
    db.raw(
      `update ${table} set ${columns.map((column) => `${column} = ${column} - :ms * ${MS}`).join()} where ${where}`,
      {
        id,
        ms,
      },
    )
  await back('recovery_cases', ['failed_at', 'received_at', 'opened_at'], 'id = :id')
  await back('case_entries', ['at'], 'case_id = :id')
  await back('mails', ['accepted_at'], 'id in (select mail_id from touches where case_id = :id)')
  await back('touches', ['due_at', 'sent_at', 'skipped_at'], 'case_id = :id')
  const attemptAt = new Date(failedAt.getTime() + DAY)
  await db('recovery_cases').where({ id }).whereNotNull('next_attempt_at').update({ next_attempt_at: attemptAt })
  if (after === null) return
  const endedAt = new Date(failedAt.getTime() + after)
  const visitedAt = new Date(endedAt.getTime() - MINUTE)
  await db('recovery_cases').where({ id }).update({ closed_at: endedAt })
  await db('recovery_cases').where({ id }).whereNotNull('settled_at').update({ settled_at: endedAt })
  await db('case_entries').where({ case_id: id, kind: 'link_opened' }).update({ at: visitedAt })
  await db('case_entries')
    .where({ case_id: id })
    .whereIn('kind', ['recovered', 'lost', 'forgiven'])
    .update({ at: endedAt })
}

const MS = "interval '1 millisecond'"
