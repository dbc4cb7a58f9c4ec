import { describe, expect, it } from '@jest/globals'
import { presentCase, type WholeCase } from '../../../src/web/presenters/case.js'
import type { MailData } from '../../../src/web/presenters/rows.js'
import {
  aCase,
  anEntry,
  aRecoveredCase,
  aSentTouch,
  aTouch,
  aView,
  DAY,
  HOUR,
  inMinutes,
  minutesAgo,
  NOW,
} from './factories.js'

const aMail = (over: Partial<MailData> = {}): MailData => ({
  id: 'mail',
  to_address: 'ap@cloudsmith.example',
  from_address: '"Maya at Fernhill" <mail@fernhill.example>',
  subject: 'Your Fernhill renewal needs a new card',
  accepted_at: minutesAgo(40),
  refused_at: null,
  reason: null,
  text: 'Hello,\n\nplease change the card.\n',
  ...over,
})

const present = (over: Partial<WholeCase> = {}, view = aView()) =>
  presentCase(
    {
      recoveryCase: aCase(),
      entries: [],
      touches: [aSentTouch()],
      mails: [],
      connection: { mode: 'live' },
      ...over,
    },
    view,
  )

const proofOf = (...entries: ReturnType<typeof anEntry>[]) => present({ entries }).timeline.lines
const factsOf = (over: Partial<WholeCase> = {}) =>
  Object.fromEntries(present(over).facts.map(({ label, text, href }) => [label, href ?? text]))

describe('the head of a case', () => {
  it('names the renewal, and why it failed', () => {
    const view = present({ recoveryCase: aCase({ next_attempt_at: inMinutes(2 * DAY) }) })
    expect(view.renewal).toBe('Pro annual, renewal of 22 November 2026')
    expect(view.why).toBe('The card has expired. Stripe tries the card on file again on Tuesday 24 November.')
    expect(view.code).toBe('expired_card')
  })

  it('says what became of the exposure', () => {
    expect(present().became).toBe('all of it open')
    expect(present({ recoveryCase: aCase({ amount_remaining: 4_000 }) }).became).toBe('$40.00 of it open')
    expect(present({ recoveryCase: aRecoveredCase() }).became).toBe('all of it recovered')
    const lost = aCase({ outcome: 'lost', closed_at: NOW })
    expect(present({ recoveryCase: lost }).became).toBe('all of it lost')
  })
})

describe('the proof', () => {
  it('tells the story in the order of events, whatever the order of arrival', () => {
    const lines = proofOf(
      anEntry('mail_accepted', { step: 0, afterMs: 9_000, mailId: 'mail' }, minutesAgo(40)),
      anEntry('charge_failed', { code: 'expired_card', attempt: 1, card: 'Visa ending 4242' }, minutesAgo(41)),
    )
    expect(lines.map(({ title }) => title)).toEqual(['Charge failed', 'Mail accepted'])
    expect(lines.map(({ clock }) => clock)).toEqual(['14:19:00', '14:20:00'])
    expect(lines[0]?.detail).toBe('The card has expired. Visa ending 4242. First attempt.')
    expect(lines[1]?.detail).toBe('9s after the webhook. The promise is 5 min.')
  })

  it('does not hide a broken promise', () => {
    const [line] = proofOf(anEntry('mail_accepted', { step: 0, afterMs: 12 * 60_000, mailId: 'mail' }))
    expect(line?.detail).toBe('12m after the webhook. The promise was 5 min.')
  })

  it('measures how long after the mail the link was opened', () => {
    const [, line] = proofOf(
      anEntry('mail_accepted', { step: 0, afterMs: 9_000, mailId: 'mail' }, minutesAgo(40)),
      anEntry('link_opened', { target: 'card' }, minutesAgo(2)),
    )
    expect(line?.detail).toBe('38m after the mail. Led to a fresh Stripe page to change the card.')
  })

  it('tells in passing that a link was fetched, and that this is no opening', () => {
    const [line] = proofOf(anEntry('link_fetched', { by: 'machine' }))
    expect(line).toMatchObject({
      glyph: null,
      tone: 'muted',
      detail: expect.stringContaining('does not count as opened'),
    })
  })

  it.each([
    ['mail_opened', { step: 0 }],
    ['mail_clicked', { step: 0 }],
    ['mail_scanned', { step: 0, by: 'machine' }],
    ['mail_scanned', { step: 0, by: 'too_soon' }],
  ])('tells in passing, and as no proof of ours, what the mail provider saw: %s', (kind, detail) => {
    const [line] = proofOf(anEntry(kind, detail))
    expect(line).toMatchObject({ glyph: null, tone: 'muted', detail: expect.stringMatching(/count/) })
  })

  it.each([
    ['action_required', { attempt: 2 }, 'Confirmation wanted'],
    ['stripe_told', { type: 'invoice.payment_failed' }, 'Stripe told us'],
    ['touch_skipped', { step: 0, reason: 'no_address' }, 'First mail not sent'],
    ['mail_unknown', { step: 1 }, 'Reminder: sent or not, nobody knows'],
    ['mail_delivered', { step: 0 }, 'Mail delivered'],
    ['mail_delivered', { step: 2 }, 'Reminder delivered'],
    ['mail_held_up', { step: 0 }, 'First mail held up'],
    ['mail_failed', { step: 0, code: 'MailboxFull' }, 'First mail did not arrive'],
    ['mail_bounced', { step: 0 }, 'First mail bounced'],
    ['mail_complained', { step: 0 }, 'First mail marked as spam'],
    ['mail_suppressed', { step: 0 }, 'First mail not passed on'],
    ['mail_opened', { step: 0 }, 'Mail opened'],
    ['mail_opened', { step: 1 }, 'Reminder opened'],
    ['mail_clicked', { step: 0 }, 'Link in the first mail followed'],
    ['mail_scanned', { step: 1, by: 'too_soon' }, 'Reminder opened by a scanner'],
    ['link_fetched', { by: 'machine' }, 'Link fetched by a scanner'],
    ['link_fetched', { by: 'too_soon' }, 'Link fetched at once'],
    ['link_fetched', { by: 'unknown' }, 'Link fetched'],
    ['reminders_stopped', {}, 'Reminders stopped'],
    ['recovered', {}, 'Paid'],
    ['lost', {}, 'Lost'],
    ['forgiven', {}, 'Forgiven'],
    ['dismissed', {}, 'Dismissed'],
    ['paused', { by: 'owner-id' }, 'You paused it'],
    ['resumed', { by: 'owner-id' }, 'You resumed it'],
    ['link_copied', { by: 'owner-id' }, 'You took the recovery link'],
    ['address_allowed', { by: 'owner-id' }, 'You allowed mail to this address again'],
    ['sent_now', { by: 'owner-id', step: 1 }, 'You asked to send now'],
    ['event_replayed', { by: 'owner-id', type: 'invoice.paid' }, 'You replayed an event'],
  ])('has words for %s', (kind, detail, title) => {
    expect(proofOf(anEntry(kind, detail))[0]?.title).toBe(title)
  })

  it('names a mail by its template, and by its step where its touch is gone', () => {
    const touches = [
      aSentTouch(),
      aSentTouch({ step: 1, template: 'final_notice' }),
      aSentTouch({ step: 100, template: 'first_notice' }),
    ]
    const titleOf = (step: number) =>
      present({ touches, entries: [anEntry('mail_bounced', { step })] }).timeline.lines[0]
    expect([0, 1, 100, 2, 1_000].map((step) => titleOf(step)?.title)).toEqual([
      'First mail bounced',
      'Last mail bounced',
      'First mail bounced',
      'Reminder bounced',
      'Thank-you bounced',
    ])
  })

  it('tells who closed it: the owner, or the end of a connection', () => {
    const detailOf = (detail: Record<string, unknown>) => proofOf(anEntry('dismissed', detail))[0]?.detail
    expect(detailOf({ by: 'owner-id' })).toMatch(/^You closed it\./)
    expect(detailOf({ reason: 'connection_changed' })).toMatch(/^Stripe was disconnected/)
    expect(detailOf({})).toBe('The case is no longer followed')
  })

  it('leaves out what it has no words for', () => {
    expect(proofOf(anEntry('invented_tomorrow'), anEntry('constructor'))).toEqual([])
  })

  it('names the day once when all happened on one, and each day when not', () => {
    const failure = anEntry('action_required', { attempt: 1 }, minutesAgo(41))
    expect(present({ entries: [failure] }).timeline).toMatchObject({
      heading: 'Sunday 22 November, Berlin time',
      lines: [{ day: null }],
    })
    const payment = anEntry('recovered', {}, inMinutes(DAY))
    expect(present({ entries: [payment, failure] }).timeline).toMatchObject({
      heading: 'Berlin time',
      lines: [{ day: 'Sunday 22 November' }, { day: 'Monday 23 November' }],
    })
  })

  it('says where an open case stands now, and nothing of a closed one', () => {
    expect(present().now).toEqual({ clock: '15:00', words: 'Waiting for the customer' })
    expect(present({ recoveryCase: aRecoveredCase() }).now).toBeNull()
  })
})

describe('what is planned', () => {
  it('lists our mails and Stripe’s attempt, the nearest first', () => {
    const { planned } = present({
      recoveryCase: aCase({ next_attempt_at: inMinutes(2 * DAY) }),
      touches: [
        aTouch({ step: 2, due_at: inMinutes(3 * DAY) }),
        aTouch({ step: 1, due_at: inMinutes(23 * HOUR) }),
        aSentTouch(),
      ],
    })
    expect(planned.map(({ moment, what }) => `${moment}: ${what}`)).toEqual([
      'Mon 23 Nov, 14:00: Reminder, in 23h',
      'Tue 24 Nov, 15:00: Stripe’s second attempt, in 2d, with the card then on file',
      'Wed 25 Nov, 15:00: Reminder, in 3d',
    ])
  })

  it('is held while the case is paused, but for Stripe’s attempt', () => {
    const { planned, now } = present({
      recoveryCase: aCase({ paused_at: minutesAgo(5), next_attempt_at: inMinutes(2 * DAY) }),
      touches: [aSentTouch(), aTouch({ step: 1, due_at: inMinutes(DAY) })],
    })
    expect(planned.map(({ what }) => what)).toEqual([
      'Reminder, held until it is resumed',
      'Stripe’s second attempt, in 2d, with the card then on file',
    ])
    expect(now?.words).toBe('Paused by you, nothing is sent')
  })

  it('is held while prompts are off', () => {
    const touches = [aSentTouch(), aTouch({ step: 1, due_at: minutesAgo(5) })]
    const { planned, next } = present({ touches }, aView({ promptsOn: false }))
    expect(planned.map(({ what }) => what)).toEqual(['Reminder, held while prompts are off'])
    expect(next.text).toBe('Prompts are off, nothing is sent')
  })

  it('is the thank-you alone of a case that was paid', () => {
    const touches = [aSentTouch(), aTouch({ step: 1_000, template: 'thank_you', due_at: inMinutes(HOUR) })]
    const { planned } = present({ recoveryCase: aRecoveredCase(), touches })
    expect(planned.map(({ what }) => what)).toEqual(['Thank-you, in 1h'])
  })

  it('is nothing once the case is closed', () => {
    expect(present({ recoveryCase: aRecoveredCase(), touches: [aTouch()] }).planned).toEqual([])
  })
})

describe('the mail as sent', () => {
  it('names its sender as a mailbox would', () => {
    const [letter] = present({
      mails: [aMail({ from_address: '"Maya \\"M\\" at Fernhill" <mail@fernhill.example>' })],
    }).letters
    expect(letter?.from).toBe('Maya "M" at Fernhill <mail@fernhill.example>')
  })

  it('lets the page wrap its lines, and keeps links and rules on their own', () => {
    const wide = 'a'.repeat(70)
    const text = `${wide}\nhas expired.\n\nChange the card:\nhttps://a.example/r/x\n\n--\n${wide}\nhosted by Stripe.`
    const [letter] = present({ mails: [aMail({ text })] }).letters
    expect(letter?.text).toBe(
      `${wide} has expired.\n\nChange the card:\nhttps://a.example/r/x\n\n--\n${wide} hosted by Stripe.`,
    )
  })

  it('tells what became of each', () => {
    const { letters } = present({
      mails: [
        aMail(),
        aMail({ accepted_at: null, refused_at: minutesAgo(5), reason: 'The address does not exist' }),
        aMail({ accepted_at: null }),
      ],
    })
    expect(letters.map(({ fate }) => fate)).toEqual([
      'Accepted by the mail provider Sun 22 Nov, 14:20',
      'Refused by the mail provider Sun 22 Nov, 14:55: The address does not exist',
      'Not yet accepted by the mail provider',
    ])
  })
})

describe('the facts in Stripe', () => {
  it('link into the dashboard of the connection’s mode', () => {
    expect(factsOf()).toMatchObject({
      Invoice: 'https://dashboard.stripe.com/invoices/in_1QcRenewal',
      Customer: 'https://dashboard.stripe.com/customers/cus_Cloudsmith',
      Subscription: 'https://dashboard.stripe.com/subscriptions/sub_ProAnnual',
    })
    expect(factsOf({ connection: { mode: 'test' } })).toMatchObject({
      Invoice: 'https://dashboard.stripe.com/test/invoices/in_1QcRenewal',
    })
  })

  it('stay inside the dashboard, whatever an id says', () => {
    expect(factsOf({ recoveryCase: aCase({ stripe_invoice_id: '../../evil?x' }) })).toMatchObject({
      Invoice: 'https://dashboard.stripe.com/invoices/..%2F..%2Fevil%3Fx',
    })
  })

  it('do not link a customer that Stripe did not name, or names as an account', () => {
    expect(factsOf({ recoveryCase: aCase({ stripe_customer_id: null }) }).Customer).toBe('Cloudsmith')
    expect(factsOf({ recoveryCase: aCase({ stripe_customer_id: 'acct_1' }) }).Customer).toBe('Cloudsmith')
  })

  it('count Stripe’s attempts and our mails apart', () => {
    expect(factsOf({ recoveryCase: aCase({ attempt_count: 3 }) })).toMatchObject({
      Attempts: '3 by Stripe',
      Mails: '1 by us',
    })
  })
})
