import { mailLanguage } from '../../../emails/words/languages.js'
import type { RecoveryCase } from '../../db/models/recovery-case.js'
import type { Template } from '../../domain/campaign.js'
import { MAILS_SHOWN, type Rehearsal, type RehearsedMail } from '../../recovery/rehearse.js'
import { unwrapped } from './letter.js'
import { timesIn } from './times.js'
import { type MoneyView, presentMoney, type View } from './view.js'
import { counted, customerInWords, skipInWords, touchName } from './words.js'

/** A case that is written about, or not. */
export interface AboutView {
  readonly caseId: string
  readonly customer: string
  readonly href: string
  readonly amount: MoneyView
}

/** One mail that would go out now. */
export interface RehearsedMailView {
  readonly about: readonly (AboutView & { readonly template: string })[]
  readonly to: string
  /** "German", "French (Canada)" */
  readonly language: string
  readonly subject: string
  readonly text: string
}

/** What would happen now, in words. Lists are cut to what one can read; their counts are whole. */
export interface RehearsalView {
  readonly mails: readonly RehearsedMailView[]
  /** "3 mails", "at least 480 mails", "no mail" */
  readonly mailsInWords: string
  readonly mailCount: number
  /** What the list of mails leaves out; `null`: nothing. */
  readonly moreMails: string | null
  readonly skipped: ListView<AboutView & { readonly why: string }>
  readonly postponed: ListView<AboutView & { readonly until: string; readonly at: string }>
  /** "Monday 23 November" and "Up to 4 mails" */
  readonly later: readonly { readonly day: string; readonly mails: string }[]
  readonly hasProvider: boolean
  readonly asOf: string
}

interface ListView<Line> {
  readonly lines: readonly Line[]
  readonly total: number
}

/** Nobody reads more; the cases themselves are in their own list. */
const LINES_SHOWN = 50

export function presentRehearsal(rehearsal: Rehearsal, view: View): RehearsalView {
  const { mails, mailCount, isCutOff, skipped, postponed, later, hasProvider } = rehearsal
  return {
    mails: mails.map((mail) => presentMail(mail, view)),
    mailsInWords: mailsInWords(rehearsal),
    mailCount,
    moreMails: mails.length < mailCount || isCutOff ? moreInWords(mails.length) : null,
    skipped: listOf(skipped, ({ recoveryCase, reason }) => ({
      ...presentAbout(recoveryCase, view),
      why: skipInWords(reason).why,
    })),
    postponed: listOf(postponed, ({ recoveryCase, until }) => ({
      ...presentAbout(recoveryCase, view),
      at: until.toISOString(),
      until: view.times.moment(until),
    })),
    later: later.map(({ day, touches }) => ({ day: dayInWords(day, view), mails: plannedInWords(touches) })),
    hasProvider,
    asOf: view.times.clockNow(),
  }
}

/** Touches of one customer that come due together become one mail. */
export function plannedInWords(touches: number): string {
  if (touches === 0) return 'No mail'
  return touches === 1 ? '1 mail' : `Up to ${counted(touches, 'mail')}`
}

/** An honest count: what was not looked at is not counted, and said to be there. */
export function mailsInWords({ mailCount, isCutOff }: Pick<Rehearsal, 'mailCount' | 'isCutOff'>): string {
  if (isCutOff) return `at least ${counted(mailCount, 'mail')}`
  return mailCount === 0 ? 'no mail' : counted(mailCount, 'mail')
}

const moreInWords = (shown: number) =>
  shown < MAILS_SHOWN ? 'There are more than were looked at.' : `The ${shown} most urgent are shown.`

const listOf = <Row, Line>(rows: readonly Row[], present: (row: Row) => Line): ListView<Line> => ({
  lines: rows.slice(0, LINES_SHOWN).map(present),
  total: rows.length,
})

function presentMail({ letter, about }: RehearsedMail, view: View): RehearsedMailView {
  return {
    about: about.map(({ recoveryCase, template }) => ({
      ...presentAbout(recoveryCase, view, template),
      template: touchName(template),
    })),
    to: letter.to_address,
    language: languageInWords(mailLanguage(about[0]?.recoveryCase.customer_locales ?? [])),
    subject: letter.subject,
    text: unwrapped(letter.content.text.trim()),
  }
}

function presentAbout(recoveryCase: RecoveryCase, view: View, template?: Template): AboutView {
  const { id, amount_remaining, recovered, currency } = recoveryCase
  return {
    caseId: id,
    customer: customerInWords(recoveryCase),
    href: `/app/cases/${id}`,
    amount: presentMoney(template === 'thank_you' ? recovered : amount_remaining, currency, view),
  }
}

const LANGUAGE_NAMES = new Intl.DisplayNames(['en'], { type: 'language', languageDisplay: 'standard' })

export const languageInWords = (tag: string) => LANGUAGE_NAMES.of(tag) ?? tag

/** @param day of the workspace's calendar, `2026-11-24`: it is the same day whatever the zone */
export const dayInWords = (day: string, { now }: View) => timesIn('UTC', now).day(new Date(`${day}T00:00:00Z`))
