import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  type Campaign,
  type CampaignStep,
  DEFAULT_STEPS,
  dueAt,
  faultOf,
  type KnownTouch,
  replan,
  stepsFor,
  theOneToSend,
} from '../../src/domain/campaign.js'

const HOUR = 60
const DAY = 24 * HOUR
const START = new Date('2026-11-23T10:00:00Z')
const CAMPAIGN: Campaign = {
  plans: { every: DEFAULT_STEPS },
  hours: { timeZone: 'Europe/Berlin', fromMinute: 540, untilMinute: 1080, onWeekends: true },
  gapHours: 24,
}
const line = (step: number, waitMinutes: number, more: Partial<CampaignStep> = {}): CampaignStep => ({
  step,
  waitMinutes,
  template: step === 0 ? 'first_notice' : 'reminder',
  isOn: true,
  ...more,
})
const touch = (step: number, waitMinutes: number, state: KnownTouch['state'] = 'planned'): KnownTouch => ({
  id: `touch-${step}`,
  step,
  waitMinutes,
  template: step === 0 ? 'first_notice' : step === 3 ? 'final_notice' : 'reminder',
  state,
  dueAt: dueAt(line(step, waitMinutes), START, CAMPAIGN),
})
const DEFAULT_TOUCHES = [touch(0, 0), touch(1, DAY), touch(2, 3 * DAY), touch(3, 7 * DAY)]
const changes = (steps: readonly CampaignStep[], touches: readonly KnownTouch[]) => {
  const { insert, move, drop } = replan(steps, touches, START, CAMPAIGN)
  return {
    insert: insert.map(({ step, waitMinutes }) => [step, waitMinutes / DAY]),
    move: move.map(({ id, waitMinutes }) => [id, waitMinutes / DAY]),
    drop: [...drop],
  }
}

describe('a campaign', () => {
  it('writes at once and after 1, 3 and 7 days, the last time with a last word', () => {
    const { insert } = replan(DEFAULT_STEPS, [], START, CAMPAIGN)
    expect(insert.map(({ dueAt, template }) => [dueAt.toISOString(), template])).toEqual([
      ['2026-11-23T10:00:00.000Z', 'first_notice'],
      ['2026-11-24T10:00:00.000Z', 'reminder'],
      ['2026-11-26T10:00:00.000Z', 'reminder'],
      ['2026-11-30T10:00:00.000Z', 'final_notice'],
    ])
  })

  it('writes the first mail at any hour, reminders within the sending hours', () => {
    const { insert } = replan(DEFAULT_STEPS, [], new Date('2026-11-23T02:00:00Z'), CAMPAIGN)
    expect(insert.map(({ dueAt }) => dueAt.toISOString().slice(0, 13))).toEqual([
      '2026-11-23T02',
      '2026-11-24T08',
      '2026-11-26T08',
      '2026-11-30T08',
    ])
  })

  it('follows the plan of its class where there is one', () => {
    const own = [line(0, 0), line(1, 2 * DAY)]
    const campaign = { ...CAMPAIGN, plans: { ...CAMPAIGN.plans, funds: own } }
    expect(stepsFor(campaign, 'funds')).toBe(own)
    expect(stepsFor(campaign, 'card')).toBe(DEFAULT_STEPS)
  })

  it('is refused with a reason when it makes no sense', () => {
    expect(faultOf(DEFAULT_STEPS)).toBeNull()
    expect(faultOf([])).toMatch(/at least/)
    expect(faultOf([line(0, 30)])).toMatch(/at once/)
    expect(faultOf([line(0, 0), line(1, 30)])).toMatch(/an hour/)
    expect(faultOf([line(0, 0), line(1, 3 * DAY), line(2, DAY)])).toMatch(/an hour/)
    expect(faultOf([line(0, 0), line(1, 61 * DAY)])).toMatch(/60 days/)
    expect(faultOf([line(0, 0), line(1, 90.5)])).toMatch(/whole/)
    expect(faultOf(Array.from({ length: 9 }, (_, step) => line(step, step * DAY)))).toMatch(/at most 8/)
  })
})

describe('a changed campaign', () => {
  it('leaves alone what fits', () => {
    expect(changes(DEFAULT_STEPS, DEFAULT_TOUCHES)).toEqual({ insert: [], move: [], drop: [] })
  })

  it('moves, adds and drops only what is not yet fixed', () => {
    const touches = [touch(0, 0, 'over'), touch(1, DAY, 'over'), touch(2, 3 * DAY), touch(3, 7 * DAY)]
    expect(changes([line(0, 0), line(1, 2 * DAY), line(2, 5 * DAY)], touches)).toEqual({
      insert: [],
      move: [
        ['touch-2', 2],
        ['touch-3', 5],
      ],
      drop: [],
    })
    expect(changes([line(0, 0), line(1, DAY)], touches)).toEqual({ insert: [], move: [], drop: ['touch-2', 'touch-3'] })
    expect(changes([...DEFAULT_STEPS, line(4, 14 * DAY)], touches).insert).toEqual([[4, 14]])
  })

  it('keeps the last line for a case that had more mails than the new plan has', () => {
    const touches = [touch(0, 0, 'over'), touch(1, DAY, 'over'), touch(2, 3 * DAY, 'over'), touch(3, 7 * DAY)]
    expect(changes([line(0, 0), line(1, DAY), line(2, 7 * DAY, { template: 'final_notice' })], touches)).toEqual({
      insert: [],
      move: [],
      drop: [],
    })
  })

  it('takes back what it dropped when the line is switched on again', () => {
    const off = DEFAULT_STEPS.map((step) => (step.step === 3 ? { ...step, isOn: false } : step))
    expect(changes(off, DEFAULT_TOUCHES).drop).toEqual(['touch-3'])
    const dropped = [...DEFAULT_TOUCHES.slice(0, 3), touch(3, 7 * DAY, 'dropped')]
    expect(changes(DEFAULT_STEPS, dropped).move).toEqual([['touch-3', 7]])
  })

  it('never calls a later mail the first touch', () => {
    const noFirst = DEFAULT_STEPS.map((step) => (step.step === 0 ? { ...step, isOn: false } : step))
    expect(changes(noFirst, []).insert).toEqual([
      [1, 1],
      [2, 3],
      [3, 7],
    ])
  })

  it('keeps the time of a first touch that waits', () => {
    const waiting = { ...touch(0, 0), dueAt: new Date(START.getTime() + 5 * 60_000) }
    expect(changes([line(0, 0)], [waiting])).toEqual({ insert: [], move: [], drop: [] })
  })

  it('leaves mails asked for by hand and the thank-you alone', () => {
    const extra = { ...touch(2, 0), id: 'extra', step: 100 }
    const thanks = { ...touch(2, 0), id: 'thanks', step: 1_000, template: 'thank_you' as const }
    expect(changes(DEFAULT_STEPS, [...DEFAULT_TOUCHES, extra, thanks])).toEqual({ insert: [], move: [], drop: [] })
  })

  it('needs no second change, whatever came before', () => {
    const plan = fc.array(fc.tuple(fc.integer({ min: 1, max: 200 }), fc.boolean()), { maxLength: 7 }).map((gaps) => {
      let wait = 0
      return [
        line(0, 0),
        ...gaps.map(([hours, isOn], index) => {
          wait += hours * HOUR
          return line(index + 1, wait, { isOn })
        }),
      ]
    })
    fc.assert(
      fc.property(plan, plan, fc.integer({ min: 0, max: 8 }), (first, second, overCount) => {
        const known = new Map<string, KnownTouch>()
        const apply = (steps: readonly CampaignStep[]) => {
          const result = replan(steps, [...known.values()], START, CAMPAIGN)
          for (const each of result.insert) known.set(`${each.step}`, { ...each, id: `${each.step}`, state: 'planned' })
          for (const each of result.move) known.set(each.id, { ...each, state: 'planned' })
          for (const id of result.drop) known.set(id, { ...(known.get(id) as KnownTouch), state: 'dropped' })
          return result
        }
        apply(first)
        for (const each of [...known.values()].sort((a, b) => a.step - b.step).slice(0, overCount)) {
          known.set(each.id, { ...each, state: 'over' })
        }
        const over = [...known.values()].filter(({ state }) => state === 'over')
        apply(second)
        for (const each of over) expect(known.get(each.id)).toBe(each)
        expect(apply(second)).toEqual({ insert: [], move: [], drop: [] })
        const planned = [...known.values()].filter(({ state }) => state === 'planned')
        const times = planned.sort((a, b) => a.step - b.step).map(({ dueAt }) => dueAt.getTime())
        expect(times).toEqual(times.toSorted((a, b) => a - b))
      }),
    )
  })
})

describe('touches about one case that are due together', () => {
  it('become the first touch, or else the last of them', () => {
    expect(theOneToSend([{ step: 2 }, { step: 0 }, { step: 1 }])).toEqual({ step: 0 })
    expect(theOneToSend([{ step: 1 }, { step: 3 }, { step: 2 }])).toEqual({ step: 3 })
    expect(theOneToSend([])).toBeUndefined()
  })
})
