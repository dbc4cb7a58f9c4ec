import fc from 'fast-check'
import Stripe from 'stripe'
import type { Db } from '../../src/db/knex.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { forgetCustomer } from '../../src/recovery/forget-customer.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { customerIn } from '../../src/stripe/redact-event.js'
import { postEvent } from '../support/web.js'
import { inWords, mostly, mutated, NUMBER, STEPS, type Step, textOf } from './mutations.js'
import { type Family, type Json, type Seed, STRIPE_TYPES } from './seeds.js'
import { insist, type Target } from './target.js'
import { checkAnswer, ODD_TOKENS, post, WIRE_NAMES, WIRES, type WireName } from './wire.js'
import { type FuzzWorld, openWorld } from './world.js'

interface SentEvent {
  /** Of the case's family. */
  readonly seed: number
  /** On the payload of another. */
  readonly type: string | null
  readonly steps: readonly Step[]
  readonly wire: WireName
  readonly signature: SignatureName
  readonly token: string | null
  readonly twice: boolean
}

interface StripeCase {
  readonly family: number
  readonly events: readonly SentEvent[]
  /** What Stripe answers when it is asked: nothing, or the invoice of this event, mutated. */
  readonly answer: { readonly seed: number; readonly steps: readonly Step[] } | null
  readonly delivers: boolean
}

const CASES: fc.Arbitrary<StripeCase> = fc.record({
  family: NUMBER,
  events: fc.array(
    fc.record({
      seed: NUMBER,
      type: mostly<string | null>(null, fc.constantFrom(...STRIPE_TYPES)),
      steps: STEPS,
      wire: mostly<WireName>('plain', fc.constantFrom(...WIRE_NAMES)),
      signature: mostly<SignatureName>('right', fc.constantFrom(...(Object.keys(SIGNATURES()) as SignatureName[]))),
      token: mostly<string | null>(null, fc.constantFrom(...ODD_TOKENS), 40),
      twice: mostly(false, fc.constant(true)),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  answer: fc.option(fc.record({ seed: NUMBER, steps: STEPS })),
  delivers: mostly(false, fc.constant(true), 9),
})

/** The webhook route of the whole application over Postgres, and what becomes of each event that it took. */
export async function stripeWebhook(db: Db, families: readonly Family[]): Promise<Target<StripeCase>> {
  const world = await openWorld(db)
  await settleNeighbour(world, families.slice(21, 25))
  await forgetCustomers(world, families)
  await world.watch()
  const lenders = families.flatMap(({ seeds }) => seeds.map(({ event }) => event))
  const familyOf = ({ family }: StripeCase) => families[family % families.length] as Family
  const seedOf = (one: StripeCase, { seed }: { seed: number }) => {
    const { seeds } = familyOf(one)
    return seeds[seed % seeds.length] as Seed
  }

  return {
    name: 'the webhook of Stripe, and what follows',
    cases: CASES,
    async attempt(one) {
      await startAfresh(world)
      world.stripeSays = one.answer ? invoiceOf(seedOf(one, one.answer), one.answer.steps) : UNAVAILABLE
      const came: string[] = []
      const kept = new Map<string, string>()
      for (const sent of one.events) came.push(...(await send(sent, seedOf(one, sent), kept)))
      came.push(...(await processAll(world, kept)))
      if (one.delivers) await deliverTouches(world.context, { workspaceId: world.ours.id })
      const trespasses = await world.trespasses()
      insist(trespasses.length === 0, `another workspace was changed: ${trespasses}`)
      return came
    },
    describe: (one) =>
      JSON.stringify({
        ...one,
        family: familyOf(one).name,
        events: one.events.map((sent) => ({
          ...sent,
          seed: seedOf(one, sent).name,
          steps: inWords(seedOf(one, sent).event, sent.steps, lenders),
        })),
        answer: one.answer && inWords(seedOf(one, one.answer).event, one.answer.steps, lenders),
      }),
    close: () => world.close(),
  }

  function invoiceOf({ event }: Seed, steps: readonly Step[]) {
    const { object } = (mutated(event, steps, lenders).data ?? {}) as Json
    return { status: 200, body: textOf(object ?? null) }
  }

  /** Posts it once or twice, and holds the answer against what was sent. `kept` gains what must be in the inbox. */
  async function send(sent: SentEvent, { event }: Seed, kept: Map<string, string>): Promise<string[]> {
    const changed = mutated({ ...event, type: sent.type ?? event.type }, sent.steps, lenders)
    const text = textOf(changed)
    const wire = WIRES[sent.wire](text)
    const signature = SIGNATURES(wire.signed, world.ours.signingSecret)[sent.signature]
    const url = `${world.url}/webhooks/stripe/${sent.token ?? world.ours.webhookToken}`
    const headers = signature.header === null ? {} : { 'stripe-signature': signature.header }
    const posts = Array.from({ length: sent.twice ? 2 : 1 }, () => post(url, wire, headers as Record<string, string>))
    const answers = await Promise.all(posts)

    const isProven = signature.isRight && sent.token === null
    const isSound =
      isProven && wire.faithful && wire.bytes.length <= 1_048_576 && hasEnvelopeOf(event, sent, wire.bytes)
    for (const answer of answers) {
      checkAnswer(answer, { isSound, isProven, mayEnd: !wire.faithful })
      if (answer?.status !== 200) continue
      const body = wire.bytes.toString('utf8')
      const { id } = JSON.parse(body) as { id: string }
      if (!kept.has(id)) kept.set(id, body)
    }
    return answers.map((answer) => String(answer?.status ?? 'cut off'))
  }
}

const UNAVAILABLE = { status: 503, body: '{"error":{"type":"api_error","message":"simulated"}}' }

/** The same customers and invoices next door, with their cases: whatever is taken for ours there would be felt. */
async function settleNeighbour({ context, neighbour, url, db }: FuzzWorld, families: readonly Family[]) {
  for (const { event } of families.flatMap(({ seeds }) => seeds)) await postEvent(url, neighbour, event)
  const events = await StripeEvent.query(db).where({ workspace_id: neighbour.id }).orderBy('occurred_at')
  for (const { id } of events) await processEvent(context, { workspaceId: neighbour.id, eventId: id })
}

/** Of some customers nothing personal may be kept, also not in what they are told of later. */
async function forgetCustomers({ context, ours }: FuzzWorld, families: readonly Family[]) {
  for (const { seeds } of families.filter((_, nth) => nth % 3 === 2)) {
    const stripeCustomerId = customerIn(textOf(seeds[0]?.event))
    if (stripeCustomerId) await forgetCustomer(context, { workspaceId: ours.id, stripeCustomerId })
  }
}

/** Each case begins with an empty workspace: what is found is found again from that case alone. */
async function startAfresh({ db, moveOn, ours }: FuzzWorld): Promise<void> {
  moveOn()
  for (const table of ['stripe_events', 'recovery_cases', 'mails', 'deliveries']) {
    await db(table).where({ workspace_id: ours.id }).delete()
  }
}

/** Nothing was done to what Stripe always sends: such an event must be taken. */
function hasEnvelopeOf(event: Json, { type }: SentEvent, body: Buffer): boolean {
  const sent = JSON.parse(body.toString('utf8')) as Json
  const wanted = { ...event, type: type ?? event.type }
  return ['id', 'type', 'created', 'livemode'].every((key) => sent[key] === wanted[key as keyof typeof wanted])
}

/** What was taken is there once, to the byte, and has an end that the owner can read; a second look changes nothing. */
async function processAll({ context, db, ours }: FuzzWorld, kept: ReadonlyMap<string, string>): Promise<string[]> {
  const rows = await StripeEvent.query(db).where({ workspace_id: ours.id }).orderBy('stripe_event_id')
  insist(rows.length === kept.size, `${kept.size} events were taken, ${rows.length} are stored`)
  for (const { id, payload, stripe_event_id } of rows) {
    insist(kept.get(stripe_event_id) === payload, `${stripe_event_id} is stored otherwise than it was sent`)
    await processEvent(context, { workspaceId: ours.id, eventId: id })
    await processEvent(context, { workspaceId: ours.id, eventId: id })
  }
  const ended = await StripeEvent.query(db).where({ workspace_id: ours.id }).select('outcome', 'detail', 'processed_at')
  return ended.map(({ outcome, detail, processed_at }) => {
    insist(outcome !== null && processed_at !== null && detail !== null && detail !== '', 'an event has no end')
    return outcome
  })
}

type SignatureName = keyof ReturnType<typeof SIGNATURES>

/** Ways to sign, and not to. */
function SIGNATURES(payload = '', secret = 'whsec_x') {
  const now = Math.floor(Date.now() / 1_000)
  const at = (timestamp: number, other = secret) =>
    Stripe.webhooks.generateTestHeaderString({ payload, secret: other, timestamp })
  const header = at(now)
  const right = (header: string | string[]) => ({ header, isRight: true })
  const wrong = (header: string | string[] | null) => ({ header, isRight: false })
  return {
    right: right(header),
    'among many': right(`${`v1=${'0'.repeat(64)},`.repeat(50)}${header}`),
    'after others of other schemes': right(`v0=x,v2=y,=,,${header}`),
    'beside none': wrong(`t=${now},v1=,v1`),
    missing: wrong(null),
    empty: wrong(''),
    'of another secret': wrong(at(now, 'whsec_another')),
    'of no secret': wrong(at(now, '')),
    old: wrong(at(now - 400)),
    'without a time': wrong(header.replace(/t=\d+,?/, '')),
    'with a time that is none': wrong(header.replace(/t=\d+/, 't=NaN')),
    'with a time of another': wrong(header.replace(/t=\d+/, `t=${now - 1}`)),
    'cut short': wrong(header.slice(0, -1)),
    'in other bytes': wrong(`${header.slice(0, -2)}\u00ff\u00fe`),
    'of another scheme': wrong(header.replace('v1=', 'v0=')),
    'of hundreds': wrong(`t=${now}${`,v1=${'f'.repeat(64)}`.repeat(150)}`),
    'as names of an object': wrong('__proto__=1,constructor=2,t=__proto__,v1=toString'),
    'only commas': wrong(',=,=,,,=='),
  }
}
