import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type Campaign, DEFAULT_STEPS, PLAN_NAMES, STEP_TEMPLATES } from '../../../src/domain/campaign.js'
import {
  type CampaignForm,
  fieldsOf,
  formOf,
  isNothing,
  readChange,
  typedIn,
} from '../../../src/web/presenters/campaign-form.js'

const CAMPAIGN: Campaign = {
  plans: { every: DEFAULT_STEPS },
  hours: { timeZone: 'Europe/Berlin', fromMinute: 540, untilMinute: 1_020, onWeekends: false },
  gapHours: 24,
}
const WORKSPACE = { thank_you: false }
const FORM = formOf(CAMPAIGN, WORKSPACE)
const change = (form: CampaignForm, campaign = CAMPAIGN) => readChange(form, campaign, WORKSPACE)
const travelled = (form: CampaignForm) => typedIn(new URLSearchParams(fieldsOf(form)))

const aLine = fc.record({
  wait: fc.string({ minLength: 1 }).map((text) => text.trim() || '1'),
  unit: fc.constantFrom('hours' as const, 'days' as const),
  template: fc.constantFrom(...STEP_TEMPLATES),
  isOn: fc.boolean(),
})
const aFirstLine = fc
  .boolean()
  .map((isOn) => ({ wait: '', unit: 'days' as const, template: 'first_notice' as const, isOn }))
const aPlan = fc.tuple(aFirstLine, fc.array(aLine, { maxLength: 9 })).map(([first, others]) => [first, ...others])
const aForm = fc.record({
  plans: fc.record(
    Object.fromEntries(PLAN_NAMES.map((plan) => [plan, plan === 'every' ? aPlan : fc.option(aPlan)])),
  ) as unknown as fc.Arbitrary<CampaignForm['plans']>,
  from: fc.string(),
  until: fc.string(),
  onWeekends: fc.boolean(),
  gapHours: fc.string(),
  thankYou: fc.boolean(),
})

describe('the campaign as it is typed', () => {
  it('is the same on the other side of the look at what it changes, whatever was typed', () => {
    fc.assert(
      fc.property(aForm, (form) => {
        const once = travelled(form)
        expect(travelled(once)).toEqual(once)
        expect(once).toMatchObject({ from: form.from, gapHours: form.gapHours, thankYou: form.thankYou })
        expect(once.plans.funds === null).toBe(form.plans.funds === null)
        expect(once.plans.every?.length).toBe(form.plans.every?.length)
      }),
    )
  })

  it('is either a change or faults, and never breaks', () => {
    fc.assert(fc.property(aForm, (form) => expect(Object.keys(change(form))).toHaveLength(1)))
  })

  it('changes nothing when it says what holds', () => {
    expect(change(travelled(FORM))).toEqual({ change: {} })
    expect(isNothing({})).toBe(true)
  })

  it('changes what differs, and nothing else', () => {
    expect(change({ ...FORM, gapHours: ' 48 ' })).toEqual({ change: { gapHours: 48 } })
    expect(change({ ...FORM, until: '1080' })).toEqual({
      change: { hours: { fromMinute: 540, untilMinute: 1_080, onWeekends: false } },
    })
    const own = { ...FORM, plans: { ...FORM.plans, card: FORM.plans.every } }
    expect(change(own)).toEqual({ change: { plans: { card: DEFAULT_STEPS } } })
  })

  it('goes back to the default where that is what is typed', () => {
    const short: Campaign = { ...CAMPAIGN, plans: { every: DEFAULT_STEPS.slice(0, 2), card: DEFAULT_STEPS } }
    expect(change(FORM, short)).toEqual({ change: { plans: { every: null, card: null } } })
  })

  it('names the line at fault by where it was typed', () => {
    const [first] = FORM.plans.every ?? []
    const days = (wait: string) => ({ wait, unit: 'days' as const, template: 'reminder' as const, isOn: true })
    const every = first ? [first, days('70'), days('2'), days('1')] : []
    expect(change({ ...FORM, plans: { ...FORM.plans, every } })).toEqual({
      faults: { lines: { every: { 1: expect.stringContaining('at most 60 days') } } },
    })
  })
})
