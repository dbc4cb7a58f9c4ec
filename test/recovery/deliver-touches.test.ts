import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { Delivery } from '../../src/db/models/delivery.js'
import { Mail } from '../../src/db/models/mail.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Touch } from '../../src/db/models/touch.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { forgetCustomer } from '../../src/recovery/forget-customer.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { suppress, suppressedAmong } from '../../src/recovery/suppressions.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { deliverAll } from '../support/deliver.js'
import {
  aStoredEvent,
  aWorkspace,
  failedInvoice,
  paidInvoice,
  type Renewal,
  type TestWorkspace,
} from '../support/factories.js'
import nock from '../support/nock.js'
import { stripeAnswersOnly, stripeHas } from '../support/stripe-answers.js'

const database = useDatabase()
const CURRENT = '2026-10-28.endive'
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** A Monday, 11:00 in Berlin. */
const MONDAY = new Date('2026-11-23T10:00:00Z')

let context: FakeContext
let workspace: TestWorkspace

beforeEach(async () => {
  stripeAnswersOnly(503)
  context = fakeContext({ db: database.db, at: MONDAY })
  workspace = await aWorkspace(context)
})
afterEach(() => nock.cleanAll())

/** A renewal failed and its event was processed. */
async function aFailure(overrides: Partial<Renewal> = {}) {
  const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice(CURRENT, overrides))
  await processEvent(context, event)
}
async function aPayment(overrides: Partial<Renewal> = {}) {
  context.advance(SECOND)
  const event = await aStoredEvent(context, workspace, 'invoice.paid', paidInvoice(CURRENT, overrides))
  await processEvent(context, event)
}
const someone = (n: number): Partial<Renewal> => ({
  id: `in_${n}`,
  customer: `cus_${n}`,
  email: `customer${n}@example.com`,
})
const deliver = () => deliverAll(context, { workspaceId: workspace.id })
const touches = () => Touch.query(database.db).where({ workspace_id: workspace.id }).orderBy('step')
const firstTouches = () => touches().where({ step: 0 })
const reminders = () => touches().where('step', '>', 0)
/** Reminders are planned, and nothing became of them yet. */
const WAITING = Array(3).fill({ mail_id: null, sent_at: null, skipped_at: null, canceled_at: null, reason: null })
const entries = (kind: string) => CaseEntry.query(database.db).where({ workspace_id: workspace.id, kind })
const deliveries = () => Delivery.query(database.db).where({ workspace_id: workspace.id })

describe('delivering touches', () => {
  it('mails the customer in the name of the workspace, with a link and a way to stop', async () => {
    await aFailure()
    context.advance(9 * SECOND)
    await deliver()

    const [mail] = context.outbox
    expect(mail).toMatchObject({
      to: 'ada@example.com',
      from: '"Maya, Fernhill" <mail@secondloop.example>',
      replyTo: workspace.owner.email,
    })
    expect(mail?.text).toMatch(/https:\/\/app\.secondloop\.example\/r\/[\w-]{22,}\n/)
    expect(mail?.text).toContain('49.00')
    expect(mail?.headers['List-Unsubscribe']).toMatch(/^<https:\/\/app\.secondloop\.example\/r\/[\w-]+\/stop>$/)
    expect(await firstTouches()).toMatchObject([{ sent_at: context.now(), reason: null }])
    expect(await reminders()).toMatchObject(WAITING)
    expect(await entries('mail_accepted')).toMatchObject([{ detail: { step: 0, afterMs: 9 * SECOND } }])
  })

  it('sends each touch once, even when two workers run together', async () => {
    await Promise.all([1, 2, 3].map((n) => aFailure(someone(n))))

    await Promise.all([deliver(), deliver(), deliver()])

    expect(context.outbox.map(({ to }) => to).sort()).toEqual([1, 2, 3].map((n) => `customer${n}@example.com`))
  })

  it('writes one mail to a customer with several failed renewals', async () => {
    await aFailure({ id: 'in_a', number: 'A-1', amount: 4900 })
    await aFailure({ id: 'in_b', number: 'B-1', amount: 12_000 })

    await deliver()

    expect(context.outbox).toHaveLength(1)
    expect(context.outbox[0]?.text).toContain('49.00')
    expect(context.outbox[0]?.text).toContain('120.00')
    expect(context.outbox[0]?.headers['List-Unsubscribe']).toMatch(/\/stop\?all=1>$/)
    expect(await firstTouches()).toMatchObject(Array(2).fill({ sent_at: context.now() }))
    expect(await reminders()).toMatchObject([...WAITING, ...WAITING])
  })

  it('sends up to a hundred mails in one call', async () => {
    for (let n = 0; n < 120; n += 1) await aFailure(someone(n))

    await deliver()

    expect(context.calls.map(({ mails }) => mails.length)).toEqual([100, 20])
    expect(new Set(context.outbox.map(({ to }) => to)).size).toBe(120)
  })

  it('sends nothing for a case that was paid before its mail was fixed', async () => {
    await aFailure()
    await aPayment()
    await deliver()

    expect(context.outbox).toEqual([])
  })

  it('fixes no mail once a payment was processed, however close the two come', async () => {
    for (let n = 0; n < 25; n += 1) await aFailure(someone(n))
    context.advance(SECOND)
    const payments = []
    for (let n = 0; n < 25; n += 1) {
      payments.push(await aStoredEvent(context, workspace, 'invoice.paid', paidInvoice(CURRENT, someone(n))))
    }
    // Which cases have a mail at the moment at which their payment is processed: later there may be no more.
    const watched = payments.map(async (event, n) => {
      await processEvent(context, event)
      const fixed = await touches().whereNotNull('mail_id').select('case_id')
      return { invoice: `in_${n}`, fixed: new Set(fixed.map(({ case_id }) => case_id)) }
    })
    const [seen] = await Promise.all([Promise.all(watched), deliver(), deliver()])

    const cases = await RecoveryCase.query(database.db).where({ workspace_id: workspace.id })
    const mailed = new Set((await touches().whereNotNull('mail_id')).map(({ case_id }) => case_id))
    for (const { invoice, fixed } of seen) {
      const { id } = cases.find(({ stripe_invoice_id }) => stripe_invoice_id === invoice) ?? {}
      expect(mailed.has(String(id))).toBe(fixed.has(String(id)))
    }
    expect((await touches()).every((touch) => (touch.mail_id !== null) !== (touch.canceled_at !== null))).toBe(true)
  })

  it('holds what is planned while prompts are off', async () => {
    await aFailure()
    await Workspace.query(database.db).where({ id: workspace.id }).patch({ prompts_on_at: null })
    await deliver()
    expect(context.outbox).toEqual([])

    await Workspace.query(database.db).where({ id: workspace.id }).patch({ prompts_on_at: context.now() })
    await deliver()
    expect(context.outbox).toHaveLength(1)
  })

  it('sends mail of a test-mode connection to the owner unless told otherwise', async () => {
    context = fakeContext({ db: database.db, at: MONDAY, settings: { testModeMail: 'owner' } })
    workspace = await aWorkspace(context)
    await aFailure()
    await deliver()

    expect(context.outbox[0]).toMatchObject({ to: workspace.owner.email, subject: expect.stringMatching(/^\[test\] /) })
  })

  it('mails the customer of a live connection whatever the setting', async () => {
    context = fakeContext({ db: database.db, at: MONDAY, settings: { testModeMail: 'owner' } })
    workspace = await aWorkspace(context, { mode: 'live' })
    await aFailure({ livemode: true })
    await deliver()

    expect(context.outbox[0]).toMatchObject({ to: 'ada@example.com', subject: expect.not.stringContaining('[test]') })
  })

  it('waits for the address when Stripe has not been asked yet', async () => {
    await aFailure({ email: null })
    await deliver()
    expect(context.outbox).toEqual([])
    expect(await firstTouches()).toMatchObject([{ skipped_at: null, mail_id: null }])
    expect(await reminders()).toMatchObject(WAITING)
  })

  it('skips a customer whose address can not be mailed, says why, and stops no other', async () => {
    await aFailure({ ...someone(1), email: 'not an address' })
    await aFailure(someone(2))

    await deliver()

    expect(context.outbox.map(({ to }) => to)).toEqual(['customer2@example.com'])
    expect(await entries('touch_skipped')).toMatchObject([{ detail: { reason: 'address_unusable' } }])
  })

  it('skips a mail that can not be rendered, says so on the case, and stops no other', async () => {
    await aFailure(someone(1))
    await aFailure(someone(2))
    await RecoveryCase.query(database.db)
      .where({ stripe_customer_id: 'cus_1' })
      .patch({ link_token_sealed: 'v1.broken' })

    await deliver()

    expect(context.outbox.map(({ to }) => to)).toEqual(['customer2@example.com'])
    expect(await entries('touch_skipped')).toMatchObject([{ detail: { reason: 'mail_not_rendered' } }])
  })

  it('says why when no mail provider is set up', async () => {
    context = fakeContext({ db: database.db, at: MONDAY, mail: null })
    await aFailure()
    await deliver()

    expect(await firstTouches()).toMatchObject([{ reason: 'mail_not_set_up', sent_at: null }])
    expect(await reminders()).toMatchObject(WAITING)
  })

  it('keeps addresses, links and words out of the log and out of clear columns', async () => {
    await aFailure()
    context.answers = [{ kind: 'unknown', reason: 'TimeoutError' }]
    await deliver()
    const link = /\/r\/([\w-]+)/.exec(context.calls[0]?.mails[0]?.text ?? '')?.[1] ?? 'no link'

    const dump = JSON.stringify([
      await Mail.query(database.db),
      await RecoveryCase.query(database.db),
      await deliveries(),
      await CaseEntry.query(database.db),
    ])
    expect(dump).not.toContain(link)
    expect(context.logged.join('\n')).not.toContain(link)
    expect(context.logged.join('\n')).not.toContain('ada@example.com')
  })
})

describe('a delivery that the provider did not answer', () => {
  it('is repeated unchanged under its key once its fate is unknown', async () => {
    await aFailure()
    context.answers = [{ kind: 'unknown', reason: 'ECONNRESET' }]
    await deliver()
    context.advance(60 * SECOND)
    await deliver()

    expect(context.calls).toHaveLength(2)
    expect(context.calls[1]).toEqual(context.calls[0])
    expect(context.outbox).toHaveLength(1)
    expect(await firstTouches()).toMatchObject([{ sent_at: context.now() }])
  })

  it('is repeated even when the invoice was paid meanwhile: it may have gone out', async () => {
    await aFailure()
    context.answers = [{ kind: 'unknown', reason: 'ECONNRESET' }]
    await deliver()
    await aPayment()
    context.advance(60 * SECOND)
    await deliver()

    expect(context.calls[1]).toEqual(context.calls[0])
  })

  it('stays as it is when its repeat is refused: the first try may have gone out', async () => {
    await aFailure()
    context.answers = [
      { kind: 'unknown', reason: 'ECONNRESET' },
      { kind: 'not_accepted', reason: 'rate_limit_exceeded (429)', retryAfterMs: SECOND, isThrottled: true },
      { kind: 'not_accepted', reason: 'ECONNREFUSED', retryAfterMs: SECOND, isThrottled: false },
    ]
    for (let n = 0; n < 4; n += 1) {
      await deliver()
      context.advance(60 * SECOND)
    }

    expect(context.calls).toHaveLength(4)
    expect(new Set(context.calls.map((call) => JSON.stringify(call))).size).toBe(1)
    expect(await deliveries()).toMatchObject([{ dissolved_at: null, answered_at: expect.any(Date) }])
  })

  it('stays as it is when a worker died with it and the next is refused', async () => {
    await aFailure()
    context.answers = [
      () => Promise.reject(new Error('killed')),
      { kind: 'not_accepted', reason: 'rate_limit_exceeded (429)', retryAfterMs: SECOND, isThrottled: true },
    ]
    await deliver().catch(() => undefined)
    for (let n = 0; n < 2; n += 1) {
      context.advance(60 * SECOND)
      await deliver()
    }

    expect(new Set(context.calls.map(({ key }) => key)).size).toBe(1)
    expect(context.outbox).toHaveLength(1)
  })

  it('is dissolved when surely nothing was accepted, and its touches are looked at again', async () => {
    await aFailure()
    context.answers = [
      { kind: 'not_accepted', reason: 'rate_limit_exceeded (429)', retryAfterMs: 20 * SECOND, isThrottled: true },
    ]
    await deliver()

    expect(await deliveries()).toMatchObject([{ dissolved_at: context.now() }])
    expect(await firstTouches()).toMatchObject([{ mail_id: null, sent_at: null, canceled_at: null, skipped_at: null }])

    context.advance(21 * SECOND)
    await deliver()
    expect(context.outbox).toHaveLength(1)
    expect(context.calls[1]?.key).not.toBe(context.calls[0]?.key)
  })

  it('is dissolved for good when the invoice was paid meanwhile', async () => {
    await aFailure()
    context.answers = [
      async () => {
        await aPayment()
        return { kind: 'not_accepted', reason: 'ECONNREFUSED', retryAfterMs: SECOND, isThrottled: false }
      },
    ]
    await deliver()
    context.advance(5 * SECOND)
    await deliver()

    expect(context.outbox).toEqual([])
    expect(await touches()).toMatchObject(Array(4).fill({ reason: 'case_closed', mail_id: null }))
  })

  it('calls nobody while the provider asked for a pause', async () => {
    await aFailure()
    context.answers = [
      { kind: 'not_accepted', reason: 'rate_limit_exceeded (429)', retryAfterMs: 60 * SECOND, isThrottled: true },
    ]
    await deliver()
    context.advance(30 * SECOND)
    await deliver()

    expect(context.calls).toHaveLength(1)
  })

  it('is tried less and less often while the provider refuses the key, and the case says why it is late', async () => {
    await aFailure()
    const refused = {
      kind: 'not_accepted',
      reason: 'invalid_api_key (401)',
      retryAfterMs: SECOND,
      isThrottled: false,
    } as const
    context.answers = Array(30).fill(refused)
    for (let second = 0; second < 300; second += 15) {
      await deliver()
      context.advance(15 * SECOND)
    }

    expect(context.calls.length).toBeLessThan(10)
    expect(await entries('mail_delayed')).toMatchObject([{ detail: { reason: 'invalid_api_key (401)' } }])

    context.answers = []
    context.advance(60 * SECOND)
    await deliver()
    expect(context.outbox).toHaveLength(1)
  })

  it('goes to a human when its fate is still unknown after the provider forgot the key', async () => {
    await aFailure()
    context.answers = [{ kind: 'unknown', reason: 'ECONNRESET' }]
    await deliver()
    context.advance(24 * HOUR)
    await deliver()

    expect(context.calls).toHaveLength(1)
    expect(await deliveries()).toMatchObject([{ abandoned_at: expect.any(Date) }])
    expect(await entries('mail_unknown')).toHaveLength(1)
  })

  it('records each mail by itself when the provider refuses some of a batch', async () => {
    await aFailure(someone(1))
    await aFailure(someone(2))
    context.answers = [
      {
        kind: 'answered',
        mails: [
          { accepted: false, reason: 'Invalid `to` field' },
          { accepted: true, providerId: 'provider-2' },
        ],
      },
    ]
    await deliver()

    expect(await entries('touch_skipped')).toMatchObject([{ detail: { reason: 'mail_refused' } }])
    expect(await entries('mail_accepted')).toHaveLength(1)
  })
})

describe('a worker that dies', () => {
  it('before the send leaves a delivery that another worker sends once its lease ran out', async () => {
    await aFailure()
    context.answers = [() => Promise.reject(new Error('killed'))]
    await expect(deliver()).rejects.toThrow('killed')

    await deliver()
    expect(context.calls).toHaveLength(1)

    context.advance(31 * SECOND)
    await deliver()
    expect(context.outbox).toHaveLength(1)
    expect(context.calls[1]).toEqual(context.calls[0])
  })
})

describe('a reminder', () => {
  const A = { id: 'in_a', number: 'A-1' }
  const B = { id: 'in_b', number: 'B-1' }
  const stillUnpaid = (...renewals: Partial<Renewal>[]) => {
    nock.cleanAll()
    for (const each of renewals) stripeHas(failedInvoice(`${CURRENT} expanded`, each), { times: 5 })
  }
  const at = async (time: string) => {
    context.advance(new Date(time).getTime() - context.now().getTime())
    await deliver()
  }

  it('that nobody sent in time waits for the morning, and not for the night', async () => {
    await aFailure(A)
    await deliver()
    stillUnpaid(A)

    await at('2026-11-24T17:01:00Z')
    expect(context.outbox).toHaveLength(1)
    expect(await reminders().where({ step: 1 })).toMatchObject([
      { ...WAITING[0], due_at: new Date('2026-11-25T08:00:00Z') },
    ])

    await at('2026-11-25T08:00:00Z')
    expect(context.outbox).toHaveLength(2)
    expect(await reminders().where({ step: 1 })).toMatchObject([{ sent_at: context.now() }])
  })

  it('keeps a day’s distance to the first mail about another invoice, and goes out with that one’s reminder', async () => {
    await aFailure(A)
    await deliver()
    context.advance(HOUR)
    await aFailure(B)
    await deliver()
    expect(context.outbox).toHaveLength(2)
    stillUnpaid(A, B)

    await at('2026-11-24T10:00:00Z')
    expect(context.outbox).toHaveLength(2)

    await at('2026-11-24T11:00:00Z')
    expect(context.outbox).toHaveLength(3)
    expect(context.outbox[2]?.text).toContain('A-1')
    expect(context.outbox[2]?.text).toContain('B-1')
    expect(await reminders().where({ step: 1 })).toMatchObject(Array(2).fill({ sent_at: context.now() }))
  })

  it('comes once, even when two workers run together', async () => {
    await aFailure(A)
    await deliver()
    stillUnpaid(A)
    context.advance(DAY)

    await Promise.all([deliver(), deliver(), deliver()])

    expect(context.outbox).toHaveLength(2)
  })
})

describe('before each send', () => {
  const theCase = () => RecoveryCase.query(database.db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
  function stripeNowHas(invoice: Record<string, unknown>) {
    nock.cleanAll()
    return stripeHas(invoice, { times: 5 })
  }
  const reminder = () => touches().findOne({ step: 1 })

  it('asks Stripe before a reminder, and sends it while the invoice is unpaid', async () => {
    await aFailure()
    await deliver()
    context.advance(DAY)
    stripeNowHas(failedInvoice(`${CURRENT} expanded`))
    await deliver()

    expect(await theCase()).toMatchObject({ checked_at: context.now() })
    expect(context.outbox).toHaveLength(2)
    expect(await reminder()).toMatchObject({ sent_at: context.now() })
  })

  it('sends no reminder about an invoice that was paid without our hearing of it', async () => {
    await aFailure()
    await deliver()
    context.advance(DAY)
    stripeNowHas(paidInvoice(`${CURRENT} expanded`))
    await deliver()

    expect(context.outbox).toHaveLength(1)
    expect(await theCase()).toMatchObject({ outcome: 'recovered', open: 0 })
    expect(await reminder()).toMatchObject({ sent_at: null, reason: 'case_closed' })
  })

  it('holds a reminder back while Stripe does not answer, and sends it once it does', async () => {
    await aFailure()
    await deliver()
    context.advance(DAY)
    await deliver()
    expect(context.outbox).toHaveLength(1)
    expect(await reminder()).toMatchObject({ ...WAITING[0], due_at: new Date(context.now().getTime() + 5 * MINUTE) })

    context.advance(6 * MINUTE)
    stripeNowHas(failedInvoice(`${CURRENT} expanded`))
    await deliver()
    expect(context.outbox).toHaveLength(2)
  })

  it('asks Stripe about a failure that reached us late, and writes to nobody who has paid since', async () => {
    const at = new Date(context.now().getTime() - HOUR)
    const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice(CURRENT), { at })
    await processEvent(context, event)
    stripeNowHas(paidInvoice(`${CURRENT} expanded`))
    await deliver()

    expect(context.outbox).toEqual([])
    expect(await theCase()).toMatchObject({ outcome: 'recovered' })
  })

  it('keeps the promise of the first mail all the same when Stripe can not be asked', async () => {
    const at = new Date(context.now().getTime() - HOUR)
    const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice(CURRENT), { at })
    await processEvent(context, event)
    await deliver()
    expect(context.outbox).toEqual([])

    context.advance(3 * MINUTE)
    await deliver()
    expect(context.outbox).toHaveLength(1)
    expect(await entries('mail_accepted')).toMatchObject([{ detail: { afterMs: expect.any(Number) } }])
    const [entry] = await entries('mail_accepted')
    expect(entry?.detail.afterMs).toBeLessThan(5 * MINUTE)
  })

  it('asks Stripe about a first mail that has waited for long, as after a time without workers', async () => {
    await aFailure()
    context.advance(HOUR)
    stripeNowHas(paidInvoice(`${CURRENT} expanded`))
    await deliver()

    expect(context.outbox).toEqual([])
    expect(await theCase()).toMatchObject({ outcome: 'recovered' })
  })

  it('holds what the owner has paused', async () => {
    await aFailure()
    await RecoveryCase.query(database.db).where({ workspace_id: workspace.id }).patch({ paused_at: context.now() })
    await deliver()
    expect(context.outbox).toEqual([])
    expect(await touches()).toMatchObject([...WAITING, { step: 3, ...WAITING[0] }])

    await RecoveryCase.query(database.db).where({ workspace_id: workspace.id }).patch({ paused_at: null })
    await deliver()
    expect(context.outbox).toHaveLength(1)
  })

  it('writes to no suppressed address, and says so on the timeline', async () => {
    await aFailure({ email: 'Ada@Example.com' })
    const suppression = { workspaceId: workspace.id, address: 'ada@example.com', reason: 'bounced', at: context.now() }
    await suppress(database.db, { ...suppression, reason: 'bounced' })
    await suppress(database.db, { ...suppression, reason: 'complained' })
    await deliver()

    expect(context.outbox).toEqual([])
    expect(await firstTouches()).toMatchObject([{ reason: 'suppressed' }])
    expect(await entries('touch_skipped')).toMatchObject([{ detail: { step: 0, reason: 'suppressed' } }])
  })

  it('keeps an address suppressed whose owner was forgotten, without keeping it', async () => {
    await aFailure()
    await suppress(database.db, {
      workspaceId: workspace.id,
      address: 'ada@example.com',
      reason: 'complained',
      at: context.now(),
    })
    await forgetCustomer(context, { workspaceId: workspace.id, stripeCustomerId: 'cus_ada' })

    expect(await suppressedAmong(database.db, workspace.id, ['ada@example.com', 'other@example.com'])).toEqual(
      new Set(['ada@example.com']),
    )
    const rows = await database.db('suppressions').where({ workspace_id: workspace.id })
    expect(JSON.stringify(rows)).not.toContain('ada@')
  })
})
