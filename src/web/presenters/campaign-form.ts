import { isDeepStrictEqual } from 'node:util'
import type { Workspace } from '../../db/models/workspace.js'
import {
  type Campaign,
  type CampaignStep,
  DEFAULT_STEPS,
  faultOf,
  MOST_STEPS,
  PLAN_NAMES,
  type PlanName,
  STEP_TEMPLATES,
  type StepTemplate,
} from '../../domain/campaign.js'
import { type CampaignChange, whyNot } from '../../recovery/change-campaign.js'

/** One line of a plan as it is typed. The first goes at once: it has no wait. */
export interface LineForm {
  readonly wait: string
  readonly unit: Unit
  readonly template: StepTemplate
  readonly isOn: boolean
}

export type Unit = 'hours' | 'days'

/** The campaign as it is typed. It travels through the look at what it changes in hidden fields. */
export interface CampaignForm {
  /** `null`: the class follows the plan for all. */
  readonly plans: Readonly<Record<PlanName, readonly LineForm[] | null>>
  /** Minutes since midnight. */
  readonly from: string
  readonly until: string
  readonly onWeekends: boolean
  readonly gapHours: string
  readonly thankYou: boolean
}

/** What is wrong with what was typed, and what to do. A line's fault stands under its number. */
export interface CampaignFaults {
  readonly lines: Readonly<Partial<Record<PlanName, Readonly<Record<number, string>>>>>
  readonly hours?: string
  readonly gapHours?: string
}

const HOUR = 60
const DAY = 24 * HOUR
const EMPTY_LINE: LineForm = { wait: '', unit: 'days', template: 'reminder', isOn: true }

/** The campaign that holds, as one would type it. */
export function formOf(campaign: Campaign, { thank_you }: Pick<Workspace, 'thank_you'>): CampaignForm {
  const lines = (plan: PlanName) => campaign.plans[plan]?.map(lineOf) ?? null
  return {
    plans: plansOf(lines),
    from: String(campaign.hours.fromMinute),
    until: String(campaign.hours.untilMinute),
    onWeekends: campaign.hours.onWeekends,
    gapHours: String(campaign.gapHours),
    thankYou: thank_you,
  }
}

function lineOf({ step, waitMinutes, template, isOn }: CampaignStep): LineForm {
  if (step === 0) return { ...EMPTY_LINE, template, isOn }
  const isDays = waitMinutes % DAY === 0
  return { wait: String(waitMinutes / (isDays ? DAY : HOUR)), unit: isDays ? 'days' : 'hours', template, isOn }
}

/** A line to fill in; left empty it counts for nothing. */
export const withEmptyLine = (lines: readonly LineForm[]): readonly LineForm[] =>
  lines.length < MOST_STEPS ? [...lines, EMPTY_LINE] : lines

/** @param removed the line whose button was pressed, `every.2`: it counts as empty */
export function typedIn(form: URLSearchParams, removed?: string): CampaignForm {
  if (removed) form.set(`${removed}.wait`, '')
  const own = form.getAll('own')
  const lines = (plan: PlanName) => (plan === 'every' || own.includes(plan) ? typedLines(form, plan) : null)
  return {
    plans: plansOf(lines),
    from: form.get('from') ?? '',
    until: form.get('until') ?? '',
    onWeekends: form.has('weekends'),
    gapHours: form.get('gap') ?? '',
    thankYou: form.has('thanks'),
  }
}

/** Lines that were left or made empty are gone; the first always stands. */
function typedLines(form: URLSearchParams, plan: PlanName): LineForm[] {
  const lines: LineForm[] = []
  for (let index = 0; index === 0 || form.has(`${plan}.${index}.wait`); index += 1) {
    const field = (name: string) => form.get(`${plan}.${index}.${name}`) ?? ''
    const line: LineForm = {
      wait: field('wait').trim(),
      unit: field('unit') === 'hours' ? 'hours' : 'days',
      template: STEP_TEMPLATES.find((each) => each === field('template')) ?? EMPTY_LINE.template,
      isOn: field('on') !== '',
    }
    if (index === 0) lines.push({ ...line, wait: '', template: 'first_notice' })
    else if (line.wait) lines.push(line)
  }
  return lines
}

/** The same fields once more, for a page that does not show them. */
export function fieldsOf(form: CampaignForm): [name: string, value: string][] {
  const fields: [string, string][] = [
    ['from', form.from],
    ['until', form.until],
    ['gap', form.gapHours],
  ]
  if (form.onWeekends) fields.push(['weekends', 'on'])
  if (form.thankYou) fields.push(['thanks', 'on'])
  for (const plan of PLAN_NAMES) {
    const lines = form.plans[plan]
    if (lines && plan !== 'every') fields.push(['own', plan])
    for (const [index, { wait, unit, template, isOn }] of lines?.entries() ?? []) {
      const name = (field: string) => `${plan}.${index}.${field}`
      if (index > 0) fields.push([name('wait'), wait], [name('unit'), unit], [name('template'), template])
      if (isOn) fields.push([name('on'), 'on'])
    }
  }
  return fields
}

/** A class gets lines of its own, like those for all, or follows those again. */
export function withPlan(form: CampaignForm, plan: PlanName, own: boolean): CampaignForm {
  return { ...form, plans: { ...form.plans, [plan]: own ? form.plans.every : null } }
}

/**
 * What the form would change. Lines are put in the order of their waits.
 *
 * @param campaign the one that holds
 */
export function readChange(
  form: CampaignForm,
  campaign: Campaign,
  { thank_you }: Pick<Workspace, 'thank_you'>,
): { change: CampaignChange } | { faults: CampaignFaults } {
  const plans = plansOf((plan) => readLines(form.plans[plan]))
  const lines = Object.fromEntries(
    PLAN_NAMES.map((plan) => [plan, plans[plan]?.faults ?? {}] as const).filter(([, faults]) => hasAny(faults)),
  )
  const hours = { fromMinute: minute(form.from), untilMinute: minute(form.until), onWeekends: form.onWeekends }
  const hoursFault = whyNot({ hours })
  const gapHours = /^\d{1,4}$/.test(form.gapHours.trim()) ? Number(form.gapHours) : Number.NaN
  const gapFault = whyNot({ gapHours })
  if (hasAny(lines) || hoursFault || gapFault) {
    return { faults: { lines, ...(hoursFault && { hours: hoursFault }), ...(gapFault && { gapHours: gapFault }) } }
  }

  const changed: Partial<Record<PlanName, readonly CampaignStep[] | null>> = {}
  for (const plan of PLAN_NAMES) {
    const steps = plans[plan]?.steps ?? null
    if (isDeepStrictEqual(steps, campaign.plans[plan] ?? null)) continue
    changed[plan] = plan === 'every' && isDeepStrictEqual(steps, DEFAULT_STEPS) ? null : steps
  }
  const { fromMinute, untilMinute, onWeekends } = campaign.hours
  return {
    change: {
      ...(hasAny(changed) && { plans: changed }),
      ...(!isDeepStrictEqual(hours, { fromMinute, untilMinute, onWeekends }) && { hours }),
      ...(gapHours !== campaign.gapHours && { gapHours }),
      ...(form.thankYou !== thank_you && { thankYou: form.thankYou }),
    },
  }
}

export const isNothing = (change: CampaignChange) => !hasAny(change)

interface ReadLines {
  readonly steps: readonly CampaignStep[]
  readonly faults: Readonly<Record<number, string>>
}

function readLines(lines: readonly LineForm[] | null): ReadLines | null {
  if (!lines) return null
  const waits = lines.map(({ wait, unit }, index) => (index === 0 ? 0 : minutesIn(wait, unit)))
  const unreadable = [...waits.entries()].filter(([, wait]) => Number.isNaN(wait))
  if (unreadable.length > 0)
    return { steps: [], faults: Object.fromEntries(unreadable.map(([at]) => [at, UNREADABLE])) }

  const order = [...lines.keys()].toSorted((a, b) => (a === 0 ? -1 : b === 0 ? 1 : Number(waits[a]) - Number(waits[b])))
  const steps = order.map((at, step): CampaignStep => {
    const { template, isOn } = lines[at] as LineForm
    return { step, waitMinutes: Number(waits[at]), template, isOn }
  })
  // The fewest lines that can't be: the last of them is the one to mend.
  const length = [...steps.keys()].find((index) => faultOf(steps.slice(0, index + 1)) !== null)
  if (length === undefined) return { steps, faults: {} }
  return { steps, faults: { [Number(order[length])]: faultOf(steps.slice(0, length + 1)) ?? '' } }
}

const UNREADABLE = 'Write how many hours or days as a whole number, such as 3. An empty line is left out.'

const minutesIn = (wait: string, unit: Unit) =>
  /^\d{1,4}$/.test(wait) ? Number(wait) * (unit === 'days' ? DAY : HOUR) : Number.NaN

const minute = (typed: string) => (/^\d{1,4}$/.test(typed) ? Number(typed) : Number.NaN)

const plansOf = <Value>(of: (plan: PlanName) => Value) =>
  Object.fromEntries(PLAN_NAMES.map((plan) => [plan, of(plan)])) as Record<PlanName, Value>

const hasAny = (record: object) => Object.keys(record).length > 0
