import { describe, expect, it } from '@jest/globals'
import type { OpenCases } from '../../../src/db/queries/open-cases-by-age.js'
import type { PeriodSums } from '../../../src/db/queries/sums-of-period.js'
import { presentFirstTouches } from '../../../src/web/presenters/first-touches.js'
import { presentAges } from '../../../src/web/presenters/overview-ages.js'
import { presentStatements } from '../../../src/web/presenters/overview-statements.js'
import { presentSetUp } from '../../../src/web/presenters/set-up.js'
import { viewOf } from '../../../src/web/presenters/view.js'

const NOW = new Date('2026-11-22T14:00:00Z')
const HOUR = 3_600_000
const VIEW = viewOf({ time_zone: 'Europe/Berlin', prompts_on_at: null }, NOW)
const inHours = (hours: number) => new Date(NOW.getTime() + hours * HOUR)

const sums = (over: Partial<PeriodSums> = {}): PeriodSums => ({
  currency: 'usd',
  cases: 17,
  recoveredCases: 6,
  openCases: 6,
  lostCases: 3,
  forgivenCases: 1,
  dismissedCases: 1,
  exposed: 1_284_000,
  recovered: 678_000,
  returned: 0,
  open: 355_700,
  lost: 212_400,
  forgiven: 23_000,
  dismissed: 14_900,
  assisted: 559_200,
  ...over,
})

describe('a statement', () => {
  const present = (now: PeriodSums[], before: PeriodSums[] = []) => presentStatements({ sums: now, before }, 30, VIEW)

  it('says what came back from what was exposed, and where the rest is', () => {
    const [statement] = present([sums()])
    expect(statement).toMatchObject({
      currency: 'USD',
      recovered: '$6,780',
      exposed: '$12,840',
      byAmount: '53%',
      byCases: '35%',
      ofCases: '6 of 17',
      before: null,
      assisted: '$5,592',
      unassisted: '$1,188',
    })
    expect(statement?.parts.map(({ label, amount, cases }) => [label, amount, cases])).toEqual([
      ['Recovered', '$6,780', '6 cases'],
      ['Still open', '$3,557', '6 cases'],
      ['Lost', '$2,124', '3 cases'],
      ['Forgiven', '$230', '1 case'],
      ['Dismissed', '$149', '1 case'],
    ])
    const width = statement?.parts.reduce((sum, part) => sum + part.width, 0) ?? 0
    expect(width).toBeCloseTo(100, 1)
  })

  it('keeps cents where there are any, and rounds nothing', () => {
    expect(present([sums({ recovered: 678_001, exposed: 1_284_001 })])[0]).toMatchObject({
      recovered: '$6,780.01',
      exposed: '$12,840.01',
    })
  })

  it('compares with the time before in its own currency', () => {
    const before = [sums({ recovered: 128_400 }), sums({ currency: 'eur', recovered: 0 })]
    const [usd, jpy] = present([sums(), sums({ currency: 'jpy', cases: 1 })], before)
    expect(usd?.before).toBe('10% in the 30 days before')
    expect(jpy?.before).toBeNull()
  })

  it('shows what went back as a part of its own', () => {
    const [statement] = present([sums({ recovered: 600_000, returned: 78_000 })])
    expect(statement?.parts.map(({ label }) => label)).toContain('Returned')
  })
})

const open = (over: Partial<OpenCases> = {}): OpenCases => ({
  age: 'under_1d',
  currency: 'usd',
  pressure: 'mail',
  cases: 2,
  open: 100_00,
  nextAt: inHours(23),
  ...over,
})

describe('open cases by age', () => {
  const rowsOf = (...cases: OpenCases[]) => presentAges(cases, ['usd', 'eur'], VIEW)

  it('have a row for every age and a column for every currency, in the order of the page', () => {
    const { currencies, rows, total } = rowsOf(
      open({ currency: 'chf' }),
      open({ currency: 'eur', cases: 1 }),
      open(),
      open({ age: 'older', pressure: 'nothing', nextAt: null, cases: 1, open: 9_99 }),
    )
    expect([currencies, total]).toEqual([['USD', 'EUR', 'CHF'], 6])
    expect(rows.map(({ label, amounts }) => [label, ...amounts])).toEqual([
      ['Under 1 hour', null, null, null],
      ['1 to 24 hours', '$100', '€100', 'CHF\u00a0100'],
      ['1 to 3 days', null, null, null],
      ['3 to 7 days', null, null, null],
      ['Over 7 days', '$9.99', null, null],
    ])
  })

  it('tell the soonest step that nobody has to take by hand', () => {
    const step = (...cases: OpenCases[]) => rowsOf(...cases).rows[1]?.next
    expect(step(open(), open({ pressure: 'retry', nextAt: inHours(3) }))).toEqual({
      what: 'Stripe retries',
      when: 'in 3h',
    })
    expect(step(open({ nextAt: inHours(-1) }))).toEqual({ what: 'Mail', when: 'now' })
    expect(step(open({ pressure: 'human', nextAt: inHours(1) }))).toEqual({ what: 'Yours', when: null })
    expect(step(open({ pressure: 'nothing', nextAt: null }))).toEqual({ what: 'Nothing planned', when: null })
  })

  it('say in words what the squares show', () => {
    const { rows } = rowsOf(open(), open({ pressure: 'human', cases: 1, currency: 'eur' }))
    expect(rows[1]?.inWords).toBe('2 cases: a mail planned, 1 case: needs a human')
  })
})

describe('the time to first touch', () => {
  const TIMES = { touched: 26, p50: 9_000, p95: 48_000, slowest: 71_000, breaches: 0, spread: [500, 9_000, 71_000] }

  it('is kept when every mail was in time', () => {
    expect(presentFirstTouches(TIMES)).toMatchObject({
      half: '9s',
      most: '48s',
      isKept: true,
      verdict: 'All 26 kept the promise, the slowest took 1m',
      marks: [0, expect.any(Number), expect.any(Number)],
    })
  })

  it('is broken by one that was late, or is still on its way', () => {
    expect(presentFirstTouches({ ...TIMES, breaches: 2 })).toMatchObject({
      isKept: false,
      verdict: '2 first mails broke the promise',
    })
    expect(
      presentFirstTouches({ touched: 0, p50: null, p95: null, slowest: null, breaches: 1, spread: [] }),
    ).toMatchObject({ half: '–', verdict: '1 first mail broke the promise' })
  })

  it('is not spoken of where no mail was due', () => {
    expect(presentFirstTouches({ ...TIMES, touched: 0, p50: null, p95: null, slowest: null, spread: [] })).toBeNull()
  })
})

describe('the checklist', () => {
  it('leads to the first thing that is left, and to no other', () => {
    const waiting = presentSetUp({ firstEventAt: null, promptsOnAt: null, diagnostic: 'under way' })
    expect(waiting?.steps.map(({ name, isDone, action }) => [name, isDone, action?.label ?? null])).toEqual([
      ['Create the workspace', true, null],
      ['Connect Stripe', true, null],
      ['Hear from Stripe', false, 'Look at the endpoint'],
      ['Size the leak', false, null],
      ['Turn on prompts', false, null],
    ])
    const heard = presentSetUp({ firstEventAt: NOW, promptsOnAt: null, diagnostic: 'ended' })
    expect(heard?.steps.at(-1)?.action).toEqual({ label: 'See what would be sent', href: '/app/settings/prompts' })
  })

  it('goes once everything is done', () => {
    expect(presentSetUp({ firstEventAt: NOW, promptsOnAt: NOW, diagnostic: 'under way' })).not.toBeNull()
    expect(presentSetUp({ firstEventAt: NOW, promptsOnAt: NOW, diagnostic: 'ended' })).toBeNull()
  })
})
