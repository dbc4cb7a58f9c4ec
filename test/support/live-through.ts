import type { Context } from '../../src/context.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { readMailEvent } from '../../src/mail/resend-webhook.js'
import { enrichCases } from '../../src/recovery/enrich-cases.js'
import { findPending } from '../../src/recovery/find-pending.js'
import { followLink } from '../../src/recovery/follow-link.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { createEventReceiver, type StoredEvent } from '../../src/recovery/receive-events.js'
import { recordMailEvent } from '../../src/recovery/record-mail-event.js'
import { settleCards } from '../../src/recovery/settle-cards.js'
import { recoveryLink } from '../simulator/customers.js'
import { History, type HistoryOptions } from '../simulator/history/history.js'
import type { Simulators } from '../simulator/index.js'
import { rollFor } from '../simulator/random.js'
import type { RecordedEvent } from '../simulator/stripe/event-log.js'
import { CURRENT_VERSION } from '../simulator/stripe/versions/versions.js'
import { eventJson } from '../simulator/stripe/webhooks/event-json.js'
import { deliverAll } from './deliver.js'
import { A_PERSON } from './link-requests.js'

interface Life {
  /** Its clock and its waiting are replaced by the history's. */
  readonly context: Context
  /** The mail provider must tell the time by the Stripe account's clock too. */
  readonly simulators: Simulators
  readonly workspaceId: string
  /** Types that the workspace's webhook endpoint would get. */
  readonly events: ReadonlySet<string>
  readonly history: HistoryOptions
  /** Milliseconds since 1970: what happened before it, nobody told the product. */
  readonly since?: number
}

/** What has been left behind is looked for this often. */
const SWEEP_MS = 3_600_000

/**
 * Leads the product through a history, each thing at its time: the same use cases that the workers run take the events,
 * send the mails and the reminders, hear what became of them and follow the links. What is then in the database is what
 * months of running would have left there.
 */
export async function liveThrough({
  context,
  simulators,
  workspaceId,
  events,
  history: options,
  since = 0,
}: Life): Promise<void> {
  const { account } = simulators.stripe
  const { clock } = account
  const visits: string[] = []
  const history = new History(simulators.stripe, {
    ...options,
    onVisit(invoice) {
      options.onVisit?.(invoice)
      visits.push(invoice.id)
    },
  })
  while (clock.now() < since && history.step());
  visits.length = 0
  const past: Context = {
    ...context,
    now: () => new Date(clock.now()),
    wait: async (ms) => clock.advance(ms),
  }
  const connection = await StripeConnection.query(context.db)
    .findOne({ workspace_id: workspaceId, replaced_at: null })
    .throwIfNotFound()
  const stored: StoredEvent[] = []
  const receiver = createEventReceiver(past, (rows) => void stored.push(...rows))
  const news: RecordedEvent[] = []
  let isOver = false
  let rounds = 0
  account.events.onEvent((event) => {
    if (!isOver && events.has(event.type)) news.push(event)
  })

  const tell = async () => {
    const receivedAt = past.now()
    await Promise.all(
      news.splice(0).map((event) =>
        receiver.receive({
          workspaceId,
          connectionId: connection.id,
          stripeEventId: event.id,
          type: event.type,
          occurredAt: new Date(event.created * 1000),
          payload: Buffer.from(eventJson(event, CURRENT_VERSION, account.livemode, account.store)),
          receivedAt,
        }),
      ),
    )
  }

  /** Somebody rang: the hourly sweep, or what the last delivery said comes next. */
  let hasRung = false
  const ringIn = (ms: number, run = () => {}) =>
    clock.after(ms, () => {
      hasRung = true
      run()
    })
  let cancelSweep = () => {}
  const sweepOn = () => {
    cancelSweep = ringIn(SWEEP_MS, sweepOn)
  }
  let cancelNext = () => {}
  const deliver = async () => {
    const { nextAt } = await deliverAll(past, { workspaceId })
    cancelNext()
    if (nextAt) cancelNext = ringIn(Math.max(0, nextAt.getTime() - clock.now()))
  }

  const work = async () => {
    const isBell = hasRung
    hasRung = false
    clock.advance(300 + 2_500 * rollFor(account.seed, 'latency', String(rounds++)))
    for (const event of stored.splice(0)) await processEvent(past, event)
    const { cards, deliver: due, enrich } = await findPending(past)
    for (const workspace of cards) await settleCards(past, { workspaceId: workspace })
    for (const workspace of enrich) await enrichCases(past, { workspaceId: workspace })
    if (isBell || due.includes(workspaceId)) await deliver()
    await hearOfMails()
  }

  const { inbox } = simulators.mail
  let heardOf = inbox.mails.length
  const hearOfMails = async () => {
    for (const mail of inbox.mails.slice(heardOf)) {
      for (const { payload } of mail.events) {
        const event = payload && readMailEvent(payload)
        if (event) await recordMailEvent(past, event)
      }
    }
    heardOf = inbox.mails.length
  }

  const visit = async (invoiceId: string) => {
    const { customer_email: address } = account.store.invoices.require(invoiceId)
    const mails = address ? simulators.mail.inbox.find({ to: address }) : []
    const link = mails.length > 0 ? recoveryLink(mails.at(-1)!) : undefined
    if (link) await followLink(past, new URL(link).pathname.slice('/r/'.length), A_PERSON)
  }

  sweepOn()
  for (let goesOn = true; goesOn; ) {
    goesOn = history.step()
    for (const invoiceId of visits.splice(0)) await visit(invoiceId)
    for (await tell(); stored.length > 0 || hasRung; await tell()) await work()
  }
  isOver = true
  cancelSweep()
  cancelNext()
  history.end()
}
