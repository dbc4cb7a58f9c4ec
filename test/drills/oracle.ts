import { Mail } from '../../src/db/models/mail.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { Touch } from '../../src/db/models/touch.js'
import { audit, type Finding } from '../../src/recovery/audit.js'
import { WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import { type TruthRow, truthOf } from '../simulator/history/truth.js'
import type { Clocks } from './clocks.js'
import type { Site } from './site.js'

/** What the drill has to have come to, beside what really happened. Everything in `wrong` is a fault of the product. */
export interface Verdict {
  /** That Stripe made of the types we listen to. */
  readonly eventsSent: number
  /** Of these, in the inbox. */
  readonly eventsAccepted: number
  readonly eventsLost: number
  /** Of those accepted, fetched from Stripe's list, because no webhook arrived. */
  readonly eventsBackfilled: number
  readonly eventsUnprocessed: number
  readonly cases: number
  readonly casesWrong: number
  readonly touchesSent: number
  readonly touchesTwice: number
  readonly touchesMissing: number
  readonly chargedTwice: number
  /** One line each. */
  readonly wrong: readonly string[]
}

/** A case that ended this soon after it opened may end without a mail. Real time, in milliseconds. */
const TOO_SHORT_FOR_A_MAIL_MS = 60_000
/** Ways for a first touch not to be sent that have nothing to do with time. */
const MAY_STAY_UNSENT = ['no_address', 'suppressed']

export async function judge(site: Site): Promise<Verdict> {
  const wrong: string[] = []
  const note = (what: string, found: readonly string[]) => {
    wrong.push(...found.map((one) => `${what}: ${one}`))
    return found.length
  }
  const { context, simulators } = site
  const truth = truthOf(simulators.stripe.account)
  const cases = await RecoveryCase.query(context.db)
  const events = await eventsOf(site)
  const touches = await Touch.query(context.db)
  const casesWrong = note('case', wrongFigures(truth, cases)) + note('audit', await objections(site))
  return {
    eventsSent: events.sent.size,
    eventsAccepted: events.stored.length,
    eventsLost: note('event lost', events.lost),
    eventsBackfilled: events.stored.filter(({ backfilled_at }) => backfilled_at !== null).length,
    eventsUnprocessed: note('event not processed', events.unprocessed),
    cases: truth.length,
    casesWrong,
    touchesSent: touches.filter(({ sent_at }) => sent_at !== null).length,
    touchesTwice: note('touch twice', await sentTwice(site, touches)),
    touchesMissing: note('touch missing', missing(site, truth, cases, touches)),
    chargedTwice: note('charged twice', chargedTwice(site)),
    wrong,
  }
}

async function eventsOf({ context, simulators }: Site) {
  const wanted = new Set<string>(WEBHOOK_EVENTS)
  const all = [...simulators.stripe.account.events.events]
  const sent = new Map(all.filter(({ type }) => wanted.has(type)).map((event) => [event.id, event]))
  const stored = await StripeEvent.query(context.db).select(
    ...['stripe_event_id', 'type', 'outcome', 'detail', 'processed_at', 'backfilled_at'],
  )
  const known = new Set(stored.map(({ stripe_event_id }) => stripe_event_id))
  return {
    sent,
    stored,
    lost: [...sent.values()].filter(({ id }) => !known.has(id)).map(({ id, type }) => `${id} ${type}`),
    unprocessed: stored
      .filter(({ outcome, processed_at }) => processed_at === null || outcome === 'failed')
      .map(({ stripe_event_id, type, detail }) => `${stripe_event_id} ${type} ${detail ?? ''}`),
  }
}

function wrongFigures(truth: readonly TruthRow[], cases: readonly RecoveryCase[]): string[] {
  const ours = new Map(cases.map((row) => [row.stripe_invoice_id, row]))
  const wrong: string[] = []
  for (const { currency, exposed, forgiven, invoice, lost, open, recovered, returned } of truth) {
    const row = ours.get(invoice)
    ours.delete(invoice)
    const theirs = JSON.stringify({ currency, exposed, recovered, returned, lost, forgiven, open })
    const said = row && {
      ...{ currency: row.currency, exposed: row.exposure, recovered: row.recovered, returned: row.returned },
      ...{ lost: row.lost, forgiven: row.forgiven, open: row.open },
    }
    if (JSON.stringify(said) !== theirs) wrong.push(`${invoice} is ${theirs}, not ${JSON.stringify(said) ?? 'missing'}`)
  }
  for (const invoice of ours.keys()) wrong.push(`${invoice} never failed`)
  return wrong
}

async function objections({ clocks, context }: Site): Promise<string[]> {
  const found: Finding[] = []
  await audit(context, (finding) => void found.push(finding))
  return found.filter((finding) => !comparesTwoClocks(clocks, finding)).map((finding) => JSON.stringify(finding))
}

/** This rule compares moments, and allows for clocks that differ by a second; the drill sets some wrong by minutes. */
function comparesTwoClocks(clocks: Clocks, { expected, found, rule }: Finding): boolean {
  const [end, fixed] = [expected, found].map((text) => Date.parse(String(text).replace(/^fixed (before|at) /, '')))
  return rule === 'nothing_fixed_after_the_end' && clocks.disputed(end!, fixed!)
}

/** A touch that two mails carry, a mail that the provider took twice, or one that it took and we do not know of. */
async function sentTwice({ context, simulators }: Site, touches: readonly Touch[]): Promise<string[]> {
  const { inbox } = simulators.mail
  const wrong = [...inbox.countByTag('mail')]
    .filter(([, count]) => count > 1)
    .map(([id, count]) => `mail ${id}, ${count}×`)
  const accepted: { case_id: string; step: number; count: number }[] = await context
    .db('case_entries')
    .where({ kind: 'mail_accepted' })
    .select('case_id', context.db.raw("(detail->>'step')::int as step"))
    .count('* as count')
    .groupBy('case_id', context.db.raw("detail->>'step'"))
  wrong.push(...accepted.filter(({ count }) => count > 1).map((row) => JSON.stringify(row)))
  const steps = new Set(touches.filter(({ sent_at }) => sent_at).map(({ case_id, step }) => `${case_id} ${step}`))
  for (const { case_id, step } of accepted)
    if (!steps.has(`${case_id} ${step}`)) wrong.push(`on the timeline, not sent: ${case_id} ${step}`)

  const known = new Set((await Mail.query(context.db).select('provider_id')).map(({ provider_id }) => provider_id))
  const tagged = inbox.mails.filter(({ tags }) => tags.some(({ name }) => name === 'mail'))
  wrong.push(...tagged.filter(({ id }) => !known.has(id)).map(({ id }) => `taken, and we do not know of it: ${id}`))
  return wrong
}

function missing(
  { clocks }: Site,
  truth: readonly TruthRow[],
  cases: readonly RecoveryCase[],
  touches: readonly Touch[],
): string[] {
  const wrong: string[] = []
  const rows = new Map(truth.map((row) => [row.invoice, row]))
  const first = new Map(touches.filter(({ step }) => step === 0).map((touch) => [touch.case_id, touch]))
  for (const { id, opened_at, stripe_invoice_id } of cases) {
    const touch = first.get(id)
    if (touch?.sent_at || MAY_STAY_UNSENT.includes(touch?.reason ?? '')) continue
    const row = rows.get(stripe_invoice_id)
    const ends = [row?.recovered_at, row?.lost_at, row?.forgiven_at].filter((at) => typeof at === 'number')
    const endedAt = ends.length > 0 ? Math.min(...ends) * 1_000 : Number.POSITIVE_INFINITY
    if (row?.open || clocks.lasted(opened_at.getTime(), endedAt) > TOO_SHORT_FOR_A_MAIL_MS)
      wrong.push(`first, of ${stripe_invoice_id}: ${touch ? `not sent, ${touch.reason}` : 'never planned'}`)
  }
  const now = clocks.now()
  const held = new Set(cases.filter((row) => row.subscription_paused || row.paused_at).map(({ id }) => id))
  for (const { case_id, due_at, step, sent_at, skipped_at, canceled_at } of touches)
    if (!sent_at && !skipped_at && !canceled_at && due_at.getTime() < now - 60_000 && !held.has(case_id))
      wrong.push(`due at ${due_at.toISOString()}: ${case_id} ${step}`)
  return wrong
}

/** An invoice that was paid more than it asked for. */
function chargedTwice({ simulators }: Site): string[] {
  return [...simulators.stripe.account.store.invoices]
    .filter(({ amount_due, amount_paid }) => amount_paid > amount_due)
    .map(({ id, amount_due, amount_paid }) => `${id}: ${amount_paid} of ${amount_due}`)
}
