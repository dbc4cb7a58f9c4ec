import type { MailVariant } from './decline.js'
import { nextSendingTime, type SendingHours } from './sending-hours.js'

/** Which mail a touch becomes. */
export type Template = StepTemplate | 'thank_you'
export type StepTemplate = 'first_notice' | 'reminder' | 'final_notice'
export const STEP_TEMPLATES: readonly StepTemplate[] = ['first_notice', 'reminder', 'final_notice']

/** One line of a campaign: a contact this long after the case opened. */
export interface CampaignStep {
  /** 0 is the first touch, which goes at once. */
  readonly step: number
  readonly waitMinutes: number
  readonly template: StepTemplate
  readonly isOn: boolean
}

/** A plan for every class of declines, or for one of them alone. */
export type PlanName = 'every' | MailVariant
export const PLAN_NAMES: readonly PlanName[] = ['every', 'card', 'authentication', 'funds', 'unknown']

/** From the webhook's receipt to the provider's acceptance of the first mail, at most. */
export const FIRST_TOUCH_PROMISE_MS = 5 * 60_000

/** A workspace's plan of contacts. */
export interface Campaign {
  /** A class without steps of its own follows `every`. */
  readonly plans: Readonly<{ every: readonly CampaignStep[] } & Partial<Record<MailVariant, readonly CampaignStep[]>>>
  readonly hours: SendingHours
  /** No reminder this soon after any mail to the same customer. */
  readonly gapHours: number
}

const HOUR = 60
const DAY = 24 * HOUR
const MINUTE_MS = 60_000

/** The first mail at once, then after 1, 3 and 7 days. */
export const DEFAULT_STEPS: readonly CampaignStep[] = [
  { step: 0, waitMinutes: 0, template: 'first_notice', isOn: true },
  { step: 1, waitMinutes: DAY, template: 'reminder', isOn: true },
  { step: 2, waitMinutes: 3 * DAY, template: 'reminder', isOn: true },
  { step: 3, waitMinutes: 7 * DAY, template: 'final_notice', isOn: true },
]

export const MOST_STEPS = 8
const LONGEST_WAIT = 60 * DAY

/** Steps from here on stand in no plan: they are mails that the owner asked for by hand. */
export const FIRST_EXTRA_STEP = 100
/** The step of the thank-you after recovery. */
export const THANK_YOU_STEP = 1_000

export const stepsFor = ({ plans }: Campaign, variant: MailVariant): readonly CampaignStep[] =>
  plans[variant] ?? plans.every

/** Why a plan can't be: a sentence for the owner. `null`: it can. */
export function faultOf(steps: readonly CampaignStep[]): string | null {
  if (steps.length === 0) return 'A campaign has at least the first mail.'
  if (steps.length > MOST_STEPS) return `A campaign has at most ${MOST_STEPS} mails.`
  for (const [index, { step, waitMinutes, template }] of steps.entries()) {
    const before = steps[index - 1]
    if (step !== index) return 'The mails of a campaign are numbered one after the other.'
    if (template === 'final_notice' && steps.slice(index + 1).some(({ isOn }) => isOn)) {
      return 'The last mail tells the customer that it is the last: none comes after it.'
    }
    if (!Number.isSafeInteger(waitMinutes)) return 'A wait is a whole number of hours or days.'
    if (index === 0 && waitMinutes !== 0) return 'The first mail goes at once.'
    if (waitMinutes > LONGEST_WAIT) return 'The last mail goes at most 60 days after the renewal failed.'
    if (before && waitMinutes - before.waitMinutes < HOUR)
      return 'Each mail comes at least an hour after the one before.'
  }
  return null
}

/** When a step of a case comes due: the first touch at once, a reminder within the sending hours. */
export function dueAt(step: CampaignStep, startedAt: Date, { hours }: Campaign): Date {
  if (step.step === 0) return startedAt
  return nextSendingTime(new Date(startedAt.getTime() + step.waitMinutes * MINUTE_MS), hours)
}

/** A touch that is there already. */
export interface KnownTouch {
  readonly id: string
  /** Counts the contacts of a case; 0 is the first touch, and only that. */
  readonly step: number
  /** Of the line that it was planned for. */
  readonly waitMinutes: number
  readonly dueAt: Date
  readonly template: Template
  /** `dropped`: by a change of the campaign, which may be taken back. `over`: fixed to a mail, skipped or canceled. */
  readonly state: 'planned' | 'dropped' | 'over'
  /** The owner asked for it by hand. */
  readonly isAsked?: boolean
}

interface PlannedTouch {
  readonly step: number
  readonly waitMinutes: number
  readonly dueAt: Date
  readonly template: StepTemplate
}

/** What brings a case's touches to its plan. */
export interface Replan {
  readonly insert: readonly PlannedTouch[]
  /** Planned anew, also where they were dropped. */
  readonly move: readonly (PlannedTouch & { readonly id: string })[]
  readonly drop: readonly string[]
}

/**
 * Compares a case's touches with its plan. What is over stays, and lines that lie before it are not made up for: the
 * lines after it become the touches after it. A planned touch keeps its time where it is the first, which is due already,
 * and where the owner asked for it by hand.
 *
 * @param startedAt from when the waits count
 */
export function replan(
  steps: readonly CampaignStep[],
  touches: readonly KnownTouch[],
  startedAt: Date,
  campaign: Campaign,
): Replan {
  const known = touches.filter(({ step }) => step < FIRST_EXTRA_STEP)
  const over = known.filter(({ state }) => state === 'over')
  const lastWait = Math.max(-1, ...over.map(({ waitMinutes }) => waitMinutes))
  const nextStep = Math.max(0, ...over.map(({ step }) => step)) + 1
  const lines = steps.filter(({ isOn, waitMinutes }) => isOn && waitMinutes > lastWait)
  const reminders = lines.filter(({ step }) => step > 0)

  const insert: PlannedTouch[] = []
  const move: (PlannedTouch & { id: string })[] = []
  const wanted = new Set<number>()
  for (const line of lines) {
    const step = line.step === 0 ? 0 : nextStep + reminders.indexOf(line)
    const { template, waitMinutes } = line
    wanted.add(step)
    const before = known.find((touch) => touch.step === step)
    const keepsTime = before?.state === 'planned' && (step === 0 || before.isAsked)
    const touch = { step, waitMinutes, template, dueAt: keepsTime ? before.dueAt : dueAt(line, startedAt, campaign) }
    if (!before) insert.push(touch)
    else if (isChanged(before, touch)) move.push({ ...touch, id: before.id })
  }
  const drop = known
    .filter(({ state, step, isAsked }) => state === 'planned' && !wanted.has(step) && !isAsked)
    .map(({ id }) => id)
  return { insert, move, drop }
}

const isChanged = (before: KnownTouch, after: PlannedTouch) =>
  before.state === 'dropped' ||
  before.template !== after.template ||
  before.waitMinutes !== after.waitMinutes ||
  before.dueAt.getTime() !== after.dueAt.getTime()

/**
 * Of several touches about one case that are due together, the one that is sent: the first touch, so that nobody is
 * reminded of what they were never told, else the last, as the others have been overtaken.
 */
export function theOneToSend<T extends { readonly step: number }>(due: readonly T[]): T | undefined {
  return due.find(({ step }) => step === 0) ?? due.toSorted((a, b) => b.step - a.step)[0]
}
