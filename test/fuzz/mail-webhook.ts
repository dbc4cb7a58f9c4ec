import fc from 'fast-check'
import { places } from '../../src/accounts/places.js'
import type { Db } from '../../src/db/knex.js'
import { Mail } from '../../src/db/models/mail.js'
import { Sender } from '../../src/db/models/sender.js'
import { signatureHeaders } from '../simulator/mail/signing.js'
import type { TestWorkspace } from '../support/factories.js'
import { aSentTouch, aStoredCase } from '../support/stored-cases.js'
import { aStoredSender } from '../support/stored-sender.js'
import { inWords, mostly, mutated, NUMBER, STEPS, type Step, textOf } from './mutations.js'
import { mailSeeds, type Seed, type ToldMail } from './seeds.js'
import { insist, type Target } from './target.js'
import { checkAnswer, ODD_TOKENS, post, WIRE_NAMES, WIRES, type WireName } from './wire.js'
import { type FuzzWorld, openWorld } from './world.js'

interface MailCase {
  /** The webhook of the installation, or that of the workspace's own sender. */
  readonly to: 'installation' | 'sender'
  readonly events: readonly {
    readonly seed: number
    readonly steps: readonly Step[]
    readonly wire: WireName
    readonly signature: SignatureName
    readonly token: string | null
  }[]
  /** The provider tells of it before we know that it took the mail. */
  readonly isEarly: boolean
}

/** `whsec_` and base64, as Resend gives them. */
const SECRET = `whsec_${Buffer.from('the secret of everybody!').toString('base64')}`
const REPLIES_TO = 'replies@fernhill.example'

const CASES: fc.Arbitrary<MailCase> = fc.record({
  to: fc.constantFrom('installation', 'sender'),
  events: fc.array(
    fc.record({
      seed: NUMBER,
      steps: STEPS,
      wire: mostly<WireName>('plain', fc.constantFrom(...WIRE_NAMES)),
      signature: mostly<SignatureName>('right', fc.constantFrom(...(Object.keys(signatures('')) as SignatureName[]))),
      token: mostly<string | null>(null, fc.constantFrom(...ODD_TOKENS), 40),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  isEarly: mostly(false, fc.constant(true)),
})

/** The webhook routes of the mail provider in the whole application over Postgres. */
export async function mailWebhook(db: Db): Promise<Target<MailCase>> {
  const world = await openWorld(db, { mailWebhookSecret: SECRET })
  const { ours, neighbour, url } = world
  const token = await aSenderWithSecret(world)
  const mine = await sentMail(world, ours)
  const theirs = await sentMail(world, neighbour)
  const toReplies = { ...mine, mailId: neighbourless(mine.mailId), to: REPLIES_TO }
  // Whoever holds the installation's secret may tell of every mail, whoever holds a sender's of that workspace's only.
  const seeds = { installation: mailSeeds([mine, toReplies]), sender: mailSeeds([mine, toReplies, theirs]) }
  await world.watch()

  const seedOf = ({ to }: MailCase, { seed }: { seed: number }) => seeds[to][seed % seeds[to].length] as Seed
  const lendersOf = ({ to }: MailCase) => seeds[to].map(({ event }) => event)

  return {
    name: 'the webhooks of Resend',
    cases: CASES,
    async attempt(one) {
      await startAfresh(world, mine, one.isEarly)
      const came: string[] = []
      for (const sent of one.events) came.push(await send(one, sent))
      const trespasses = await world.trespasses()
      insist(trespasses.length === 0, `another workspace was changed: ${trespasses}`)
      return came
    },
    describe: (one) =>
      JSON.stringify({
        ...one,
        events: one.events.map((sent) => ({
          ...sent,
          seed: seedOf(one, sent).name,
          steps: inWords(seedOf(one, sent).event, sent.steps, lendersOf(one)),
        })),
      }),
    close: () => world.close(),
  }

  async function send(one: MailCase, sent: MailCase['events'][number]): Promise<string> {
    const { event } = seedOf(one, sent)
    const wire = WIRES[sent.wire](textOf(mutated(event, sent.steps, lendersOf(one))))
    const { headers, isRight } = signatures(wire.signed)[sent.signature]
    const ownToken = one.to === 'sender' ? `/${token}` : ''
    const answer = await post(
      `${url}/webhooks/resend${sent.token === null ? ownToken : `/${sent.token}`}`,
      wire,
      headers,
    )
    const isProven = isRight && sent.token === null
    const isSound = isProven && wire.faithful && wire.bytes.length <= 1_048_576 && sent.steps.length === 0
    checkAnswer(answer, { isSound, isProven, mayEnd: !wire.faithful })
    return String(answer?.status ?? 'cut off')
  }
}

/** An id that no mail has. */
const neighbourless = (id: string) => id.replace(/^.{8}/, '00000000')

/** @returns the token of its webhook */
async function aSenderWithSecret({ context, ours: { id }, db }: FuzzWorld): Promise<string> {
  const sender = await aStoredSender(context, id)
  const sealed = context.cipher.seal(SECRET, places.senderWebhookSecret(id))
  await Sender.query(db).findById(sender.id).patch({ webhook_secret_sealed: sealed })
  return context.cipher.open(sender.webhook_token_sealed, places.senderWebhookToken(id))
}

async function sentMail({ context, db }: FuzzWorld, workspace: TestWorkspace): Promise<ToldMail> {
  const touch = await aSentTouch(context, await aStoredCase(context, workspace), context.now())
  const mail = await Mail.query(db).findById(String(touch.mail_id)).throwIfNotFound()
  await mail.$query(db).patch({ provider_id: `re-${mail.id}` })
  return { mailId: mail.id, providerId: `re-${mail.id}`, to: mail.to_address }
}

const NOTHING_TOLD = {
  ...{ delivered_at: null, delayed_at: null, failed_at: null, bounced_at: null, complained_at: null },
  ...{ suppressed_at: null, opened_at: null, clicked_at: null, scanned_at: null, refused_at: null },
}

/** Each case begins before anything was told. */
async function startAfresh({ context, db, moveOn, ours }: FuzzWorld, { mailId }: ToldMail, isEarly: boolean) {
  moveOn()
  for (const table of ['suppressions', 'case_entries']) await db(table).where({ workspace_id: ours.id }).delete()
  await db('workspaces').where({ id: ours.id }).update({ reply_to: REPLIES_TO, reply_to_bounced_at: null })
  await db('mails')
    .where({ id: mailId })
    .update({ ...NOTHING_TOLD, accepted_at: isEarly ? null : context.now() })
}

type SignatureName = keyof ReturnType<typeof signatures>

/** Ways to sign, and not to. */
function signatures(body: string) {
  const now = Math.floor(Date.now() / 1_000)
  const signed = (seconds: number, secret = SECRET) => signatureHeaders('msg_fuzz', body, [secret], seconds)
  const headers = signed(now)
  const value = headers['svix-signature'] ?? ''
  const right = (changes: Record<string, string> = {}) => ({ headers: { ...headers, ...changes }, isRight: true })
  const wrong = (changes: Record<string, string>) => ({ headers: { ...headers, ...changes }, isRight: false })
  return {
    right: right(),
    'among many': right({ 'svix-signature': `${'v1,AAAA '.repeat(50)}v1 v2,x ${value} v1,` }),
    missing: { headers: {}, isRight: false },
    empty: wrong({ 'svix-signature': '' }),
    'of another secret': wrong(signed(now, `whsec_${Buffer.from('of nobody').toString('base64')}`)),
    old: wrong(signed(now - 400)),
    'of the future': wrong(signed(now + 400)),
    'with a time that is none': wrong({ 'svix-timestamp': 'NaN' }),
    'with a time without end': wrong({ 'svix-timestamp': '9'.repeat(400) }),
    'with a negative time': wrong({ 'svix-timestamp': '-1' }),
    'without a version': wrong({ 'svix-signature': value.replace('v1,', '') }),
    'without a value': wrong({ 'svix-signature': 'v1' }),
    'of another id': wrong({ 'svix-id': '__proto__' }),
    'of hundreds': wrong({ 'svix-signature': 'v1,AAAA '.repeat(900) }),
    'in other bytes': wrong({ 'svix-signature': `v1,${'\u00ff'.repeat(44)}` }),
  }
}
