import { beforeEach, describe, expect, it } from '@jest/globals'
import { deleteWorkspace } from '../../src/accounts/delete-workspace.js'
import { disconnectStripe } from '../../src/accounts/disconnect-stripe.js'
import { CaseReversal } from '../../src/db/models/case-reversal.js'
import { Delivery } from '../../src/db/models/delivery.js'
import { Mail } from '../../src/db/models/mail.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { Suppression } from '../../src/db/models/suppression.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { needsHuman } from '../../src/db/queries/needs-human.js'
import type { Mailer } from '../../src/mail/mailer.js'
import type { MailEventKind } from '../../src/mail/resend-webhook.js'
import { audit, type Finding } from '../../src/recovery/audit.js'
import { changeTimeZone } from '../../src/recovery/change-time-zone.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { findPending } from '../../src/recovery/find-pending.js'
import { fixDigests, hasDigestsDue } from '../../src/recovery/fix-digests.js'
import { forgetCustomer } from '../../src/recovery/forget-customer.js'
import { previewDigest } from '../../src/recovery/preview-digest.js'
import { recordMailEvent } from '../../src/recovery/record-mail-event.js'
import { setDigest } from '../../src/recovery/set-digest.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { aSentTouch, aStoredCase, aStoredTouch, DAY, HOUR } from '../support/stored-cases.js'

const database = useDatabase()
let context: FakeContext
let workspace: TestWorkspace

/** Monday 16 November 2026, 10:00 in Berlin. */
const MONDAY = Date.UTC(2026, 10, 16, 9)
/** Past eight on the Monday after. */
const WEEK = 7 * DAY

const at = (time: number) => context.advance(time - context.now().getTime())

beforeEach(async () => {
  await database.db('owners').delete()
  context = fakeContext({ db: database.db })
  at(MONDAY)
  workspace = await aWorkspace(context, { mode: 'live' })
  await fixDigests(context) // Plans the first one.
})

type Over = NonNullable<Parameters<typeof aStoredCase>[2]>

/** A case with a mail planned far ahead, so that it neither stalls nor needs anybody. */
async function anOpenCase(over: Over = {}, of = workspace) {
  const recoveryCase = await aStoredCase(context, of, { ago: 0, ...over })
  await aStoredTouch(context, recoveryCase, { due_at: new Date(context.now().getTime() + 90 * DAY) })
  return recoveryCase
}

const paid = (row: RecoveryCase, amount = row.open) => ({
  recovered: row.recovered + amount,
  open: row.open - amount,
  amount_paid: row.amount_paid + amount,
  amount_remaining: row.amount_remaining - amount,
})

/** Pays what is open, or a part of it. */
async function pay(row: RecoveryCase, { amount = row.open, assisted = false, when = context.now() } = {}) {
  const whole = amount === row.open
  await row.$query(database.db).patchAndFetch({
    ...paid(row, amount),
    assisted,
    ...(whole && {
      outcome: 'recovered',
      closed_at: when,
      settled_at: when,
      invoice_status: 'paid',
      paid_by: 'unknown',
    }),
  })
}

async function refund(row: RecoveryCase, amount: number) {
  await row.$query(database.db).patchAndFetch({ recovered: row.recovered - amount, returned: row.returned + amount })
}

/** What a worker does when the sweep rings. */
async function work() {
  for (const workspaceId of await fixDigests(context)) await deliverTouches(context, { workspaceId })
}

async function aWeekLater() {
  context.advance(WEEK)
  await work()
}

const digests = () => context.outbox.filter(({ to }) => to === workspace.owner.email)
const lastDigest = () => {
  const digest = digests().at(-1)
  if (!digest) throw new Error('There is no digest')
  return { ...digest, text: digest.text.replace(/\n(?!\n)/g, ' ') }
}
const stored = () => Workspace.query(database.db).findById(workspace.id).throwIfNotFound()
const mails = () => Mail.query(database.db).where({ workspace_id: workspace.id })

describe('a digest', () => {
  it('tells the owner what came back, and that nothing else is to be done', async () => {
    await pay(await anOpenCase({ exposure: 30_000 }), { assisted: true })
    await pay(await anOpenCase({ exposure: 18_000 }))
    await anOpenCase({ exposure: 72_050 })
    await aWeekLater()

    const { subject, text, html, replyTo, from } = lastDigest()
    expect(subject).toBe('$480 came back')
    expect(text).toContain('Fernhill since Monday 16 November 2026:')
    expect(text).toContain(
      '$480.00 came back in 2 cases, $300.00 of it with our help. 3 renewals failed, $1,200.50 in all. $720.50 is open now in 1 case.',
    )
    expect(text).toContain('Nothing needs you.')
    expect(html).toContain('$480.00')
    expect([from, replyTo]).toEqual([context.mail?.from, context.mail?.from])
  })

  it('says whose doing it was', async () => {
    await pay(await anOpenCase(), { assisted: true })
    await aWeekLater()
    expect(lastDigest().text).toContain('came back in 1 case, all of it with our help.')

    await pay(await anOpenCase())
    await aWeekLater()
    expect(lastDigest().text).toContain('came back in 1 case, without us.')
  })

  it('never adds two currencies, and begins with the one that has most cases', async () => {
    await pay(await anOpenCase({ exposure: 5_000, currency: 'eur' }))
    await pay(await anOpenCase({ exposure: 1_000, currency: 'usd' }))
    await pay(await anOpenCase({ exposure: 1_050, currency: 'usd' }))
    await pay(await anOpenCase({ exposure: 300, currency: 'jpy' }))
    await anOpenCase({ exposure: 1_234_567, currency: 'kwd' })
    await aWeekLater()

    const { subject, text } = lastDigest()
    expect(subject).toBe('$20.50, €50 and more came back')
    expect(text).toContain('$20.50 came back in 2 cases')
    expect(text).toContain('€50.00 came back in 1 case')
    expect(text).toContain('¥300 came back in 1 case')
    expect(text).toMatch(/KWD\s1,234\.567 is open now in 1 case/)
    expect(text.indexOf('$20.50')).toBeLessThan(text.indexOf('€50.00'))
  })

  it('tells each thing once, and only what is new', async () => {
    await pay(await anOpenCase())
    const open = await anOpenCase({ exposure: 2_000 })
    await aWeekLater()
    await aWeekLater()

    expect(lastDigest().subject).toBe('1 case is open, nothing needs you')
    expect(lastDigest().text).toContain('since Monday 23 November 2026: nothing came back.')
    expect(lastDigest().text).not.toMatch(/renewals? failed|149/)

    await pay(open)
    await aWeekLater()
    expect(lastDigest().subject).toBe('$20 came back')
    await aWeekLater()
    expect(digests()).toHaveLength(3)
  })

  it('tells late what became known late', async () => {
    const open = await anOpenCase()
    const when = context.now()
    await aWeekLater()
    await pay(open, { when }) // Stripe reports a payment of before the last digest.
    await aWeekLater()

    expect(lastDigest().subject).toBe('$149 came back')
  })

  it('tells of each part of an invoice that is paid in parts', async () => {
    const open = await anOpenCase({ exposure: 10_000 })
    await pay(open, { amount: 2_500 })
    await aWeekLater()
    expect(lastDigest().text).toContain('$25.00 came back, without us.')

    await pay(open)
    await aWeekLater()
    expect(lastDigest().text).toContain('$75.00 came back in 1 case, without us.')
  })

  it('tells of money that went back, and of a dispute that was won', async () => {
    const recovered = await anOpenCase({ exposure: 10_000 })
    await pay(recovered)
    await refund(recovered, 2_000)
    await aWeekLater()
    expect(lastDigest().text).toContain(
      '$100.00 came back in 1 case, without us. $20.00 went back: refunded, disputed or',
    )

    await refund(recovered, 8_000)
    await aWeekLater()
    expect(lastDigest().subject).toBe('$80.00 went back')

    await refund(recovered, -10_000)
    await aWeekLater()
    expect(lastDigest().text).toContain('$100.00 that had gone back came again.')
  })

  it('tells what stalled since the last one', async () => {
    const sentAt = new Date(context.now().getTime() + 3 * DAY)
    const stalled = await aStoredCase(context, workspace, { ago: 0, exposure: 42_000 })
    await aSentTouch(context, stalled, sentAt)
    await aWeekLater()

    expect(lastDigest().subject).toBe('1 case stalled')
    expect(lastDigest().text).toContain(
      '$420.00 of it stalled in 1 case: no mail is planned, and Stripe will not try again.',
    )
    await aWeekLater()
    expect(lastDigest().subject).toBe('1 case needs you')
    expect(lastDigest().text).not.toContain('of it stalled')
    expect(lastDigest().text).toContain('One mail, no answer.')
  })

  it('lists what needs the owner: who, how much, why, what to do and where', async () => {
    const { id } = await anOpenCase({ customer_name: 'Ada Byron', customer_email: null, exposure: 9_900 })
    await aWeekLater()

    const { subject, text, html } = lastDigest()
    expect(subject).toBe('1 case needs you')
    expect(text).toContain('1 case needs you:')
    expect(text).toContain(
      `Ada Byron, $99.00 Stripe has no mail address for this customer. Put one in Stripe, or reach them another way. Open the case: https://app.secondloop.example/app/cases/${id}`,
    )
    expect(html).toContain(`href="https://app.secondloop.example/app/cases/${id}"`)
    expect(text).toContain('https://app.secondloop.example/app/settings')
  })

  it('lists ten at most, the most pressing first, and counts the others', async () => {
    for (let number = 1; number <= 12; number += 1) {
      await anOpenCase({ customer_name: `Customer no. ${number}`, customer_email: null, ago: -number })
    }
    const disputed = await anOpenCase({ customer_name: 'Grace Hopper' })
    await pay(disputed)
    await CaseReversal.query(database.db).insert({
      workspace_id: workspace.id,
      case_id: disputed.id,
      key: 'du_1',
      kind: 'dispute',
      amount: 14_900,
      as_of: context.now(),
      is_final: false,
    })
    await aWeekLater()

    const { subject, text } = lastDigest()
    expect(subject).toBe('$149 came back, 13 cases need you')
    expect(text).toContain('13 cases need you, the most pressing first:')
    expect(text.match(/Open the case:/g)).toHaveLength(10)
    expect(text.indexOf('Grace Hopper')).toBeLessThan(text.indexOf('Customer no. 1,'))
    expect(text).toContain('And 3 more: all of them stand on your overview.')
  })

  it('puts a key that Stripe refuses before everything', async () => {
    await anOpenCase({ customer_email: null })
    await StripeConnection.query(database.db).findById(workspace.connectionId).patch({ rejected_at: context.now() })
    await aWeekLater()

    expect(lastDigest().subject).toBe('Stripe refuses your key, 1 case needs you')
    expect(lastDigest().text).toContain('2 things need you:')
    expect(lastDigest().text).toMatch(/Your Stripe key Stripe refuses.*Enter a new key: \S+\/onboarding\/stripe/)
  })

  it('names customers and no address', async () => {
    await anOpenCase({ customer_name: null, customer_email: 'ada@customer.example', enrich_at: null })
    const unnamed = await anOpenCase({ customer_name: ' ', customer_email: 'grace@customer.example' })
    await unnamed.$query(database.db).patch({ customer_email: 'nobody' })
    const touch = await aStoredTouch(context, unnamed, { step: 1 })
    await touch.$query(database.db).patch({ skipped_at: context.now(), reason: 'address_unusable' })
    await aWeekLater()

    const { html, text } = lastDigest()
    expect(text).toContain('Customer without a name, $149.00')
    expect(`${html}${text}`).not.toMatch(/customer\.example|nobody/)
  })

  it('is marked where the money is none', async () => {
    await StripeConnection.query(database.db).findById(workspace.connectionId).patch({ mode: 'test' })
    context = Object.assign(context, { settings: { ...context.settings, testModeMail: 'owner' } })
    await pay(await anOpenCase())
    await aWeekLater()

    expect(lastDigest().subject).toBe('[test] $149 came back')
    expect(lastDigest().text).toContain('in Stripe’s test mode'.replace('’', "'"))
  })

  it('shows in the settings as it would be now, and sends nothing', async () => {
    expect(await previewDigest(context, workspace.id)).toBeNull()
    await pay(await anOpenCase())
    const before = await stored()

    const preview = await previewDigest(context, workspace.id)
    expect(preview?.subject).toBe('$149 came back')
    expect(await stored()).toEqual(before)
    expect(await mails()).toEqual([])
    await aWeekLater()
    expect(lastDigest()).toMatchObject({ subject: preview?.subject, html: preview?.html })
  })
})

describe('digests', () => {
  it('come every Monday at eight by themselves', async () => {
    expect(await stored()).toMatchObject({ digest: 'weekly', digest_due_at: new Date('2026-11-23T07:00:00Z') })
    await anOpenCase()
    at(Date.UTC(2026, 10, 23, 6, 59))
    expect(await hasDigestsDue(context)).toBe(false)
    await work()
    expect(digests()).toHaveLength(0)

    at(Date.UTC(2026, 10, 23, 7))
    expect(await hasDigestsDue(context)).toBe(true)
    await work()
    expect(digests()).toHaveLength(1)
    expect(await hasDigestsDue(context)).toBe(false)
    expect((await stored()).digest_due_at).toEqual(new Date('2026-11-30T07:00:00Z'))
  })

  it('come each morning when the owner wants it so', async () => {
    await anOpenCase()
    await setDigest(context, workspace.id, 'daily')
    for (let day = 0; day < 3; day += 1) {
      context.advance(DAY)
      await work()
    }
    expect(digests()).toHaveLength(3)
    expect(lastDigest().text).toContain('You get this every morning')
  })

  it('leave nothing out when the rhythm changes', async () => {
    await pay(await anOpenCase())
    context.advance(2 * DAY)
    await setDigest(context, workspace.id, 'daily')
    context.advance(DAY)
    await work()

    expect(lastDigest().subject).toBe('$149 came back')
    expect(lastDigest().text).toContain('since Monday 16 November 2026')
  })

  it('move with the time zone', async () => {
    await changeTimeZone(context, { workspaceId: workspace.id, timeZone: 'America/New_York' })
    await work()
    expect((await stored()).digest_due_at).toEqual(new Date('2026-11-16T13:00:00Z')) // It is not yet eight.
  })

  it('end when they are switched off, and begin anew with what is new', async () => {
    await anOpenCase({ exposure: 100 })
    await setDigest(context, workspace.id, 'off')
    await pay(await anOpenCase())
    await aWeekLater()
    expect(digests()).toHaveLength(0)

    await setDigest(context, workspace.id, 'weekly')
    await aWeekLater()
    expect(lastDigest().subject).toBe('1 case is open, nothing needs you')
    expect(lastDigest().text).toContain('since Monday 23 November 2026: nothing came back.')
  })

  it('are not sent when there is nothing to say', async () => {
    await aWeekLater()
    expect(await mails()).toEqual([])
    expect((await stored()).digest_due_at).toEqual(new Date('2026-11-30T07:00:00Z'))
  })

  it('become one after weeks without a worker', async () => {
    await pay(await anOpenCase())
    context.advance(4 * WEEK)
    await Promise.all([work(), work()])

    expect(digests()).toHaveLength(1)
    expect(lastDigest().text).toContain('since Monday 16 November 2026')
    expect((await stored()).digest_due_at).toEqual(new Date('2026-12-21T07:00:00Z'))
  })

  it('become one after weeks without a mail provider', async () => {
    await pay(await anOpenCase())
    context.advance(WEEK)
    await fixDigests({ ...context, mail: null })
    expect(await hasDigestsDue(context)).toBe(false)
    expect(await mails()).toEqual([])

    await aWeekLater()
    expect(lastDigest().subject).toBe('$149 came back')
    expect(lastDigest().text).toContain('since Monday 16 November 2026')
  })

  it('are sent once by two workers together', async () => {
    await pay(await anOpenCase())
    context.advance(WEEK)
    const fixed = await Promise.all([fixDigests(context), fixDigests(context), fixDigests(context)])
    expect(fixed.flat()).toEqual([workspace.id])

    await Promise.all([1, 2].map(() => deliverTouches(context, { workspaceId: workspace.id })))
    expect(digests()).toHaveLength(1)
    expect(context.calls).toHaveLength(1)
  })

  it('are found by the sweep when the ring for the sending is lost', async () => {
    await pay(await anOpenCase())
    context.advance(WEEK)
    await fixDigests(context)

    expect((await findPending(context)).deliver).toEqual([workspace.id])
  })

  it('are taken a few at a time, so that first mails never stand behind them', async () => {
    const others = []
    for (let number = 0; number < 12; number += 1) {
      const other = await aWorkspace(context, { mode: 'live' })
      await anOpenCase({}, other)
      others.push(other.id)
    }
    await fixDigests(context)
    context.advance(WEEK)

    const first = await fixDigests(context)
    const second = await fixDigests(context)
    expect([first.length, second.length]).toEqual([10, 2])
    expect([...first, ...second].sort()).toEqual(others.sort())
  })

  it('stop no other when one can not be written', async () => {
    const other = await aWorkspace(context, { mode: 'live' })
    await fixDigests(context)
    await pay(await anOpenCase())
    await pay(await anOpenCase({}, other))
    // No day has that name.
    await database.db.raw(`update workspaces set digest_from = 'infinity' where id = ?`, [workspace.id])
    context.advance(WEEK)

    expect(await fixDigests(context)).toEqual([other.id])
    await Workspace.query(database.db).findById(workspace.id).patch({ digest_from: context.now() })
    await aWeekLater()
    expect(lastDigest().subject).toBe('$149 came back')
  })

  it('tell of the current connection only', async () => {
    await pay(await anOpenCase())
    await StripeConnection.query(database.db).findById(workspace.connectionId).patch({ replaced_at: context.now() })
    const { id: connectionId } = await StripeConnection.query(database.db).insertAndFetch({
      workspace_id: workspace.id,
      mode: 'live',
      api_key_sealed: 'sealed',
      api_key_last4: '1234',
      key_saved_at: context.now(),
    })
    await pay(await anOpenCase({ exposure: 700 }, { ...workspace, connectionId }))
    await aWeekLater()

    expect(lastDigest().subject).toBe('$7 came back')
  })

  it('tell the last of a connection that ended, and then no more', async () => {
    await pay(await anOpenCase())
    await anOpenCase({ customer_email: null })
    await disconnectStripe(context, workspace.id)
    await aWeekLater()
    await aWeekLater()

    expect(digests().map(({ subject }) => subject)).toEqual(['$149 came back'])
    expect(lastDigest().text).toContain('Nothing needs you.')
  })

  it('end with the workspace', async () => {
    await pay(await anOpenCase())
    context.advance(WEEK)
    await fixDigests(context)
    await deleteWorkspace(context, { workspaceId: workspace.id, typedName: 'Fernhill' })
    await deliverTouches(context, { workspaceId: workspace.id })
    await work()

    expect(digests().map(({ subject }) => subject)).toEqual(['Fernhill was deleted from SecondLoop'])
  })
})

describe('a digest on its way', () => {
  async function aFixedDigest() {
    await pay(await anOpenCase())
    context.advance(WEEK)
    await fixDigests(context)
  }
  const deliver = () => deliverTouches(context, { workspaceId: workspace.id })

  it('is repeated unchanged when its fate is unknown', async () => {
    await aFixedDigest()
    context.answers.push({ kind: 'unknown', reason: 'ECONNRESET' })
    await deliver()
    await pay(await anOpenCase({ exposure: 99_900 }))
    context.advance(HOUR)
    await deliver()

    expect(context.calls).toHaveLength(2)
    expect(context.calls[1]).toEqual(context.calls[0])
    expect(digests()).toHaveLength(1)
  })

  it('is not lost when the provider takes nothing for a while', async () => {
    await aFixedDigest()
    for (let round = 0; round < 3; round += 1) {
      context.answers.push({ kind: 'not_accepted', reason: 'rate_limit (429)', retryAfterMs: 1_000, isThrottled: true })
    }
    for (let round = 0; round < 4; round += 1) {
      await deliver()
      context.advance(HOUR)
    }
    expect(digests()).toHaveLength(1)
    expect(new Set(context.calls.map(({ key }) => key)).size).toBe(1)
  })

  it('is given up after a day, and nobody has to look for it', async () => {
    await aFixedDigest()
    context.answers.push({ kind: 'unknown', reason: 'ECONNRESET' })
    await deliver()
    context.advance(DAY)
    await deliver() // The fake provider does not let its list be read.

    const scope = { workspaceId: workspace.id, connectionId: workspace.connectionId, now: context.now() }
    expect(await Delivery.query(database.db).first()).toMatchObject({ abandoned_at: context.now() })
    expect(await needsHuman(database.db, scope, 10)).toEqual([])
    await aWeekLater()
    expect(context.calls).toHaveLength(1)
  })

  it('is told by the next one when it was surely never taken', async () => {
    await aFixedDigest()
    context.answers.push({ kind: 'unknown', reason: 'ECONNRESET' })
    await deliver()
    const longAgo = { providerId: 're-1', to: ['a@customer.example'], createdAt: new Date(MONDAY) }
    Object.assign(context.mail as Mailer, {
      listSent: async () => ({ kind: 'page', mails: [longAgo], hasMore: false }),
    })
    context.advance(DAY)
    await deliver()
    expect(await mails()).toEqual([])

    await aWeekLater()
    expect(digests().map(({ subject }) => subject)).toEqual(['$149 came back'])
    expect(lastDigest().text).toContain('since Monday 16 November 2026')
  })

  it('is told by the next one when the provider refused it', async () => {
    await aFixedDigest()
    context.answers.push({ kind: 'answered', mails: [{ accepted: false, reason: 'validation_error' }] })
    await deliver()
    await aWeekLater()

    expect(digests().map(({ subject }) => subject)).toEqual(['$149 came back'])
  })

  it('is waited for before another one is written', async () => {
    await setDigest(context, workspace.id, 'daily')
    await pay(await anOpenCase())
    context.advance(DAY)
    await fixDigests(context)
    await pay(await anOpenCase({ exposure: 700 }))
    context.advance(DAY)
    expect(await hasDigestsDue(context)).toBe(true)
    expect(await fixDigests(context)).toEqual([])
    expect(await hasDigestsDue(context)).toBe(false)
  })

  it('is no fault of the audit', async () => {
    await aFixedDigest()
    await deliver()
    const faults: Finding[] = []
    await audit(context, (fault) => faults.push(fault))

    expect(faults.filter(({ rule }) => rule === 'accepted_for_a_touch')).toEqual([])
  })

  it('leaves none of its words behind, once it is over', async () => {
    const recoveryCase = await anOpenCase({ customer_name: 'Ada Byron', customer_email: null })
    context.advance(WEEK)
    await fixDigests(context)
    await forgetCustomer(context, {
      workspaceId: workspace.id,
      stripeCustomerId: String(recoveryCase.stripe_customer_id),
    })
    await deliver()

    expect(lastDigest().text).toContain('Ada Byron') // It was on its way.
    const [mail] = await mails()
    expect(mail).toMatchObject({ is_digest: true, erased_at: context.now(), subject: '1 case needs you' })
    const content = context.cipher.open(String(mail?.content_sealed), {
      workspaceId: workspace.id,
      field: 'mails.content',
    })
    expect(JSON.parse(content)).toEqual({ html: '', text: '', headers: {} })
  })

  const told = async (kind: MailEventKind) => {
    const [mail] = await mails()
    const event = { kind, mailId: String(mail?.id), providerId: String(mail?.provider_id), code: null, userAgent: null }
    return recordMailEvent(context, { ...event, at: context.now(), acceptedAt: context.now() })
  }

  it.each(['bounced', 'complained', 'suppressed'] as const)(
    'ends digests when it is %s, and keeps no customer from their mail',
    async (kind) => {
      await aFixedDigest()
      await deliver()
      await told(kind)

      expect(await stored()).toMatchObject({ digest: 'off', digest_due_at: null, digest_stopped: kind })
      expect(await Suppression.query(database.db)).toEqual([])
      await anOpenCase()
      await aWeekLater()
      expect(digests()).toHaveLength(1)

      await setDigest(context, workspace.id, 'weekly')
      expect(await stored()).toMatchObject({ digest: 'weekly', digest_stopped: null })
    },
  )

  it('stands as delivered when the provider says so', async () => {
    await aFixedDigest()
    await deliver()
    await told('delivered')

    expect((await mails())[0]).toMatchObject({ delivered_at: context.now() })
    expect(await RecoveryCase.query(database.db).first()).toMatchObject({ outcome: 'recovered' })
    expect(await database.db('case_entries')).toEqual([])
  })
})
