import type { ParsedUrlQuery } from 'node:querystring'
import { LANGUAGES } from '../../../emails/words/languages.js'
import { STEP_TEMPLATES } from '../../domain/campaign.js'
import type { MailVariant } from '../../domain/decline.js'
import type { MailKind, PreviewedMail } from '../../recovery/preview-mail.js'
import type { SentTestMail } from '../../recovery/send-test-mail.js'
import { CLASSES } from './campaign.js'
import { unquoted, unwrapped } from './letter.js'
import { languageInWords } from './rehearsal.js'
import type { SaidView } from './said.js'
import { touchName } from './words.js'

/** A mail as it would be sent, for a page. */
export interface MailPreviewView {
  readonly to: string
  /** `null`: no mail provider is set up. */
  readonly from: string | null
  readonly replyTo: string
  readonly subject: string
  /** What mail programs read besides: each with what it does. */
  readonly headers: readonly { readonly name: string; readonly value: string; readonly does: string }[]
  readonly text: string
}

/** One row of choices, each a link to the page that shows it. */
export interface ChoiceRow {
  readonly name: string
  readonly choices: readonly { readonly label: string; readonly href: string; readonly isHere: boolean }[]
}

const TEMPLATES = [...STEP_TEMPLATES, 'thank_you', 'digest'] as const
const VARIANTS = Object.keys(CLASSES) as MailVariant[]
const TAGS = LANGUAGES.map(({ language }) => language)

/** What a query or a form asks for: whatever can't be is the first of its kind. */
export function wantedMail(query: ParsedUrlQuery | Readonly<Record<string, unknown>>): MailKind {
  const among = <Value extends string>(values: readonly [Value, ...Value[]] | readonly Value[], wanted: unknown) =>
    values.find((value) => value === wanted) ?? (values[0] as Value)
  return {
    template: among(TEMPLATES, query.template),
    variant: among(VARIANTS, query.class),
    language: among(TAGS, query.language),
    several: query.several === '1',
  }
}

/** The wish in the names of `wantedMail`: for a query, or a form's hidden fields. */
export const fieldsOf = ({ template, variant, language, several }: MailKind): Record<string, string> => ({
  template,
  class: variant,
  language,
  ...(several && { several: '1' }),
})

const HERE = '/app/settings/mails'
export const pageOf = (kind: MailKind) => `${HERE}?${new URLSearchParams(fieldsOf(kind))}`
export const frameOf = (kind: MailKind) => `${HERE}/preview?${new URLSearchParams(fieldsOf(kind))}`

/** Thanks are the same whatever had failed; the digest is the owner's own. */
export function presentChoices(kind: MailKind): ChoiceRow[] {
  const row = <Value>(
    name: string,
    part: keyof MailKind,
    values: readonly Value[],
    label: (value: Value) => string,
  ) => ({
    name,
    choices: values.map((value) => ({
      label: label(value),
      href: pageOf({ ...kind, [part]: value }),
      isHere: kind[part] === value,
    })),
  })
  const mails = row('Mail', 'template', TEMPLATES, (each) => (each === 'digest' ? 'Your digest' : touchName(each)))
  if (kind.template === 'digest') return [mails]
  const classes = row('When', 'variant', VARIANTS, (variant) => CLASSES[variant].name)
  return [
    mails,
    ...(kind.template === 'thank_you' ? [] : [classes]),
    row('Language', 'language', TAGS, languageInWords),
    row('About', 'several', [false, true], (several) => (several ? 'Several invoices' : 'One invoice')),
  ]
}

export function presentMailPreview(mail: PreviewedMail): MailPreviewView {
  const { to_address, from_address, reply_to, subject, content } = mail
  return {
    to: to_address,
    from: from_address && unquoted(from_address),
    replyTo: reply_to,
    subject,
    headers: Object.entries(content.headers).map(([name, value]) => ({ name, value, does: DOES[name] ?? '' })),
    text: unwrapped(content.text.trim()),
  }
}

const DOES: Readonly<Record<string, string>> = {
  'List-Unsubscribe': 'Mail programs show a button of their own to stop.',
  'List-Unsubscribe-Post': 'One press there is enough.',
}

/** In a frame no link may lead anywhere: each would open a window, which the frame is not allowed to. */
export const framed = (html: string) => html.replace('<head>', '<head><base target="_blank"/>')

const attention = (words: string): SaidView => ({ glyph: 'attention', tone: 'attention', words })

/** Why a mail to try did not go out, as far as that is known. */
export function presentUnsent(sent: Exclude<SentTestMail, { kind: 'sent' }>): SaidView {
  switch (sent.kind) {
    case 'no_provider':
      return attention('Not sent: no mail provider is set up.')
    case 'nothing_to_say':
      return attention('Not sent: the digest has nothing to say now.')
    case 'refused':
      return attention(`Not sent: the mail provider refused the mail. It says: ${sent.reason}`)
    case 'unknown':
      return attention(
        `The mail provider did not answer (${sent.reason}), so it may have gone out. Look into your mailbox before you send it again.`,
      )
    case 'not_accepted':
      return attention(REFUSES[sent.refuses ?? 'call'](sent.reason))
  }
}

const REFUSES = {
  key: (reason: string) => `Not sent: the mail provider refuses the key (${reason}).`,
  domain: (reason: string) => `Not sent: the mail provider refuses the address that it comes from (${reason}).`,
  call: (reason: string) => `Not sent: the mail provider did not take it (${reason}). Try again in a minute.`,
} as const

export const presentTooOften = (waitSeconds: number): SaidView =>
  attention(`Not sent: these were many mails to try. Wait ${Math.ceil(waitSeconds / 60)} minutes, then try again.`)
