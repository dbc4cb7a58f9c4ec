import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import { History } from '../simulator/history/history.js'
import { startStripe } from '../simulator/index.js'
import { EVENT_TYPES } from '../simulator/mail/events.js'
import { eventJson } from '../simulator/stripe/webhooks/event-json.js'
import { eventOf, failedInvoice, paidInvoice, SHAPES } from '../support/invoice-shapes.js'
import { pastEvents } from '../support/past-events.js'

export type Json = Record<string, unknown>

/** What really is sent, before anything is done to it. */
export interface Seed {
  readonly name: string
  readonly event: Json
}

/** Events that speak of the same customer, oldest first: one can open the case that the next is about. */
export interface Family {
  readonly name: string
  readonly seeds: readonly Seed[]
}

const DAY = 86_400_000
const UNTIL = Date.UTC(2026, 9, 1)
const VERSIONS = ['2020-03-02', '2022-11-15', '2024-09-30.acacia', '2026-10-28.endive']

/** Every shape that we have: spelled out here, lived through by the simulator, and real ones where the folder is. */
export async function stripeFamilies(
  folder = process.env.STRIPE_EVENTS_DIR ?? '/work/shared/events',
): Promise<Family[]> {
  return [...shapeFamilies(), ...(await simulatedFamilies()), ...(existsSync(folder) ? realFamilies(folder) : [])]
}

function shapeFamilies(): Family[] {
  return SHAPES.map((shape) => ({
    name: shape,
    seeds: [
      seedOf(shape, eventOf('invoice.payment_failed', failedInvoice(shape), { id: 'evt_failed' })),
      seedOf(shape, eventOf('invoice.payment_action_required', failedInvoice(shape), { id: 'evt_action' })),
      seedOf(shape, eventOf('invoice.paid', paidInvoice(shape), { id: 'evt_paid' })),
      seedOf(shape, eventOf('charge.refunded', { ...REFUNDED }, { id: 'evt_refunded' })),
    ],
  }))
}

/** Of the charge that the shapes name. */
const REFUNDED = {
  id: 'ch_renewal',
  object: 'charge',
  amount: 4900,
  amount_refunded: 900,
  currency: 'usd',
  payment_intent: 'pi_renewal',
}

const seedOf = (name: string, event: Json): Seed => ({ name: `${event.type} of ${name}`, event })

/** A month of some customers: whatever befell each, as endpoints of several API versions are told of it. */
async function simulatedFamilies(): Promise<Family[]> {
  const stripe = await startStripe({ seed: 'fuzz', afterRetries: 'cancel', clock: { manual: true } })
  try {
    const history = new History(stripe, { from: UNTIL - 29 * DAY, until: UNTIL, customers: 30, failures: 0.9 })
    while (history.step());
    const families = new Map<string, Seed[]>()
    for (const [nth, recorded] of pastEvents(stripe).entries()) {
      const version = VERSIONS[nth % VERSIONS.length] ?? ''
      const event = JSON.parse(eventJson(recorded, version, false, stripe.account.store)) as Json
      const customer = customerOf(event)
      const seeds = families.get(customer) ?? []
      families.set(customer, [...seeds, seedOf(version, event)])
    }
    return [...families].map(([customer, seeds]) => ({ name: `the simulated ${customer}`, seeds }))
  } finally {
    await stripe.stop()
  }
}

function customerOf(event: Json): string {
  const { id, object, customer } = (event.data as { object: Json }).object
  return String(object === 'customer' ? id : customer)
}

/** In test mode, as the connection is that they are sent to. */
function realFamilies(folder: string): Family[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const event = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json
      return { name: file, seeds: [{ name: basename(file, '.json'), event: { ...event, livemode: false } }] }
    })
}

/** All types that we act on, to be put on payloads of another. */
export const STRIPE_TYPES: readonly string[] = [...WEBHOOK_EVENTS, 'customer.created', '__proto__', 'constructor']

/** A mail as the provider names it, and as we tagged it. */
export interface ToldMail {
  readonly mailId: string
  readonly providerId: string
  readonly to: string
}

/** What the provider tells of these mails, of every type. */
export function mailSeeds(mails: readonly ToldMail[]): Seed[] {
  return mails.flatMap(({ mailId, providerId, to }) =>
    [...EVENT_TYPES, 'contact.created'].map((type) => ({
      name: type,
      event: {
        type,
        created_at: '2026-11-23T10:00:00.000Z',
        data: {
          created_at: '2026-11-23T09:59:00.000Z',
          email_id: providerId,
          from: 'SecondLoop <mail@secondloop.example>',
          subject: 'Your renewal',
          to: [to],
          tags: { mail: mailId },
          ...DETAILS[type],
        },
      },
    })),
  )
}

const DETAILS: Readonly<Record<string, Json>> = {
  'email.bounced': { bounce: { message: 'No such user', subType: 'General', type: 'Permanent' } },
  'email.failed': { failed: { reason: 'reached_daily_quota' } },
  'email.suppressed': { suppressed: { message: 'On the list', type: 'OnAccountSuppressionList' } },
  'email.clicked': {
    click: {
      ipAddress: '192.0.2.1',
      link: 'https://app.secondloop.example/r/x',
      timestamp: '2026-11-23T11:00:00.000Z',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
    },
  },
}
