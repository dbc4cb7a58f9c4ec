import { describe, expect, it } from '@jest/globals'
import { viewOf } from '../../../src/web/presenters/view.js'
import { presentWebhookHealth, type WebhookHealth } from '../../../src/web/presenters/webhook-health.js'

const NOW = new Date('2026-11-22T14:00:00Z')
const VIEW = viewOf({ time_zone: 'Europe/Berlin', prompts_on_at: null }, NOW)
const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const ago = (ms: number) => new Date(NOW.getTime() - ms)
const CHECKS = { checkedUntil: NOW, lastCheckAt: NOW, failure: null, gaps: [], outOfReach: [] }
const present = (over: Partial<WebhookHealth> = {}) =>
  presentWebhookHealth(
    {
      days: ['2026-11-20', '2026-11-22'],
      ofLastDay: 1_318,
      lastEventAt: ago(2 * MINUTE),
      waiting: 0,
      oldestWaitingAt: null,
      failed: 0,
      signatureFailures: 0,
      checks: CHECKS,
      ...over,
    },
    { from: ago(3 * DAY), until: NOW },
    'Europe/Berlin',
    VIEW,
  )
const aGap = (from: Date, minutes: number, events: number) => ({
  from,
  until: new Date(from.getTime() + minutes * MINUTE),
  foundAt: NOW,
  events,
})

describe('the health of the webhooks', () => {
  it('is good while events come and none is left', () => {
    const health = present()
    expect(health).toMatchObject({ tone: 'recovered', verdict: 'Healthy, last event 2m ago' })
    expect(health.days).toEqual(['quiet', 'events', 'quiet', 'events'])
    expect(health.ends).toEqual(['19 Nov', 'Today'])
    expect(health.facts.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Last 24 hours: 1,318 events, none waiting',
      'Signature failures: 0',
      'Gaps: None',
    ])
  })

  it('shows a gap on its days, with what was fetched afterwards', () => {
    const once = present({ checks: { ...CHECKS, gaps: [aGap(ago(2 * DAY), 42, 14)] } })
    expect(once.days).toEqual(['quiet', 'gap', 'quiet', 'events'])
    expect(once.facts.at(-1)?.value).toBe('1, on 20 Nov for 42m: 14 events backfilled')
    const gaps = [aGap(ago(DAY), 5, 1), aGap(ago(2 * DAY), 42, 14), aGap(ago(90 * DAY), 42, 100)]
    expect(present({ checks: { ...CHECKS, gaps } }).facts.at(-1)?.value).toBe(
      '2, the last on 21 Nov: 15 events backfilled',
    )
  })

  it.each<[Partial<WebhookHealth>, string]>([
    [{ signatureFailures: 3 }, '3 webhooks could not be verified'],
    [{ failed: 1 }, '1 event could not be processed'],
    [{ waiting: 1, oldestWaitingAt: ago(5 * MINUTE) }, 'An event has been waiting for 5m'],
    [{ checks: { ...CHECKS, failure: 'Stripe did not answer.' } }, 'Stripe’s list of events could not be compared'],
  ])('is told when it is not good: %j', (over, verdict) => {
    expect(present(over)).toMatchObject({ tone: 'attention', verdict })
  })

  it('is not bad because an event has just come', () => {
    const health = present({ waiting: 2, oldestWaitingAt: ago(1_000) })
    expect(health.tone).toBe('recovered')
    expect(health.facts[0]?.value).toBe('1,318 events, 2 waiting')
  })

  it('is open while nothing has come', () => {
    expect(present({ days: [], lastEventAt: null })).toMatchObject({
      tone: 'muted',
      verdict: 'Stripe has not sent anything yet',
      days: ['quiet', 'quiet', 'quiet', 'quiet'],
    })
  })
})
