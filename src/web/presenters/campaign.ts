import type { Workspace } from '../../db/models/workspace.js'
import { type Campaign, type CampaignStep, DEFAULT_STEPS, type PlanName } from '../../domain/campaign.js'
import type { MailVariant } from '../../domain/decline.js'
import { type DigestFrequency, nextDigestAt } from '../../domain/digest.js'
import type { SendingHours } from '../../domain/sending-hours.js'
import type { CampaignChange } from '../../recovery/change-campaign.js'
import type { Rehearsal } from '../../recovery/rehearse.js'
import { dayInWords, mailsInWords, plannedInWords, presentRehearsal, type RehearsalView } from './rehearsal.js'
import { timesIn } from './times.js'
import { type View, viewOf } from './view.js'
import { counted, lowerFirst, touchName, upperFirst } from './words.js'

/** What each class of declines is, to an owner. */
export const CLASSES: Readonly<Record<MailVariant, { readonly name: string; readonly what: string }>> = {
  card: { name: 'A card must change', what: 'The card has expired, was replaced, or can no longer be charged.' },
  authentication: {
    name: 'The bank wants a confirmation',
    what: 'Only the customer can give it; Stripe’s retries cannot.',
  },
  funds: {
    name: 'No funds, or try again',
    what: 'Stripe tries the same card again, often before the customer has to do anything.',
  },
  unknown: { name: 'No reason known', what: 'The bank said no and not why.' },
}

export const planName = (plan: PlanName) => (plan === 'every' ? 'Plan for all' : CLASSES[plan].name)

/** What the owner changes, said before it is saved. */
export interface ChangeView {
  readonly changes: readonly { readonly what: string; readonly before: string; readonly after: string }[]
  /** What would happen; `null`: prompts are off, so nothing does. */
  readonly effect: {
    readonly rehearsal: RehearsalView
    /** How many mails go out when, without the change and with it. */
    readonly times: readonly { readonly when: string; readonly before: string; readonly after: string }[]
  } | null
}

interface Change {
  readonly change: CampaignChange
  readonly campaign: Campaign
  readonly workspace: Workspace
  /** Without the change, and with it; `null`: prompts are off. */
  readonly rehearsals: { readonly before: Rehearsal; readonly after: Rehearsal } | null
}

export function presentChange({ change, campaign, workspace, rehearsals }: Change, now: Date): ChangeView {
  const view = viewOf(workspace, now)
  return {
    changes: changesIn(change, campaign, workspace),
    effect: rehearsals && {
      rehearsal: presentRehearsal(rehearsals.after, view),
      times: timesOf(rehearsals.before, rehearsals.after, view),
    },
  }
}

function timesOf(before: Rehearsal, after: Rehearsal, view: View) {
  const plannedOn = ({ later }: Rehearsal, day: string) =>
    plannedInWords(later.find((each) => each.day === day)?.touches ?? 0)
  const days = [...new Set([...before.later, ...after.later].map(({ day }) => day))].toSorted()
  return [
    { when: 'Now', before: upperFirst(mailsInWords(before)), after: upperFirst(mailsInWords(after)) },
    ...days.map((day) => ({
      when: dayInWords(day, view),
      before: plannedOn(before, day),
      after: plannedOn(after, day),
    })),
  ]
}

function changesIn(
  { plans = {}, hours, gapHours, thankYou }: CampaignChange,
  campaign: Campaign,
  workspace: Workspace,
) {
  const ofPlans = (Object.entries(plans) as [PlanName, readonly CampaignStep[] | null][]).map(([plan, steps]) => ({
    what: planName(plan),
    before: planInWords(plan, campaign.plans[plan] ?? null),
    after: planInWords(plan, steps),
  }))
  return [
    ...ofPlans,
    ...(hours
      ? [
          {
            what: 'Hours for reminders',
            before: hoursInWords(campaign.hours),
            after: hoursInWords({ ...campaign.hours, ...hours }),
          },
        ]
      : []),
    ...(gapHours === undefined
      ? []
      : [
          {
            what: 'Between two mails to a customer',
            before: `At least ${counted(campaign.gapHours, 'hour')}`,
            after: `At least ${counted(gapHours, 'hour')}`,
          },
        ]),
    ...(thankYou === undefined
      ? []
      : [{ what: 'Thank-you', before: onOff(workspace.thank_you), after: onOff(thankYou) }]),
  ]
}

const onOff = (isOn: boolean) => (isOn ? 'On' : 'Off')

/** "First mail at once, reminder after 1 day, last mail after 7 days" */
function planInWords(plan: PlanName, steps: readonly CampaignStep[] | null): string {
  if (!steps && plan !== 'every') return 'As for all'
  const lines = (steps ?? DEFAULT_STEPS)
    .filter(({ isOn }) => isOn)
    .map(({ waitMinutes, template }) => `${lowerFirst(touchName(template))} ${waitInWords(waitMinutes)}`)
  return lines.length === 0 ? 'No mail' : upperFirst(lines.join(', '))
}

/** "at once", "after 12 hours", "after 3 days" */
function waitInWords(minutes: number): string {
  if (minutes === 0) return 'at once'
  if (minutes % DAY === 0) return `after ${counted(minutes / DAY, 'day')}`
  return `after ${counted(minutes / HOUR, 'hour')}`
}

const HOUR = 60
const DAY = 24 * HOUR

/** "Mondays to Fridays, 09:00 to 17:00" */
const hoursInWords = ({ fromMinute, untilMinute, onWeekends }: Omit<SendingHours, 'timeZone'>) =>
  `${onWeekends ? 'Every day' : 'Mondays to Fridays'}, ${clockInWords(fromMinute)} to ${clockInWords(untilMinute)}`

/** @param minute since midnight: 540 is "09:00" */
export const clockInWords = (minute: number) =>
  `${String(Math.floor(minute / HOUR)).padStart(2, '0')}:${String(minute % HOUR).padStart(2, '0')}`

/** How often the owner is mailed, and when next. */
export interface DigestView {
  readonly frequency: DigestFrequency
  /** "Mon 30 Nov, 08:00"; `null`: it is off. */
  readonly next: string | null
  /** Why it was switched off without the owner. */
  readonly stopped: string | null
}

export function presentDigest(workspace: Workspace, now: Date): DigestView {
  const { digest, digest_due_at, digest_stopped, time_zone } = workspace
  const next = digest === 'off' ? null : (digest_due_at ?? nextDigestAt(digest, now, time_zone))
  return {
    frequency: digest,
    next: next && timesIn(time_zone, now).moment(next),
    stopped: digest_stopped && STOPPED[digest_stopped],
  }
}

const STOPPED: Readonly<Record<NonNullable<Workspace['digest_stopped']>, string>> = {
  bounced: 'The last one came back from your mailbox, so no more are mailed. Choose again to have them sent.',
  complained: 'The last one was marked as spam in your mailbox, so no more are mailed. Choose again to have them sent.',
  suppressed:
    'The mail provider sends nothing to your address any more, so digests were switched off. Choose again to have them sent.',
}
