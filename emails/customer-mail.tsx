import { render } from '@react-email/render'
import type { CustomerMailProps, MailInvoice, MailTemplate } from './customer-mail-props.js'
import type { Letter, LetterAction, LetterItem } from './letter.js'
import { LetterPage } from './letter-page.js'
import { line } from './line.js'
import { nameFrom } from './name.js'
import { plainTextOf } from './plain-text.js'
import { saysItsRhythm, wordsIn } from './words/languages.js'
import type { InvoiceInWords, Words } from './words/words.js'

export type {
  CustomerMailProps,
  MailInvoice,
  MailTemplate,
  MailVariant,
  UnpaidTemplate,
} from './customer-mail-props.js'

/** A subject is read in a list: a long workspace name must leave room for what happened. */
const NAME_IN_SUBJECT = 40
/** Mailboxes show about 100 characters beside the subject. */
const PLAN_IN_PREVIEW = 50
const NO_BREAK_SPACE = '\u00a0'

/**
 * A mail to a customer about one or more of their invoices: unpaid ones, or paid ones to thank for. In English when there
 * are no words in `language`. Names may hold anything; links must be ours.
 *
 * @throws Error when paid and unpaid invoices come together
 */
export async function renderCustomerMail(
  props: CustomerMailProps,
): Promise<{ subject: string; html: string; text: string }> {
  const letter = letterOf(props)
  return { subject: letter.subject, html: await render(<LetterPage letter={letter} />), text: plainTextOf(letter) }
}

function letterOf(props: CustomerMailProps): Letter {
  const words = wordsIn(props.language)
  const template = templateOf(props.invoices)
  return props.invoices.length === 1 ? aboutOne(props, template, words) : aboutSeveral(props, template, words)
}

/** The earliest step among several invoices: what is new to the customer is not called old. */
function templateOf(invoices: CustomerMailProps['invoices']): MailTemplate {
  const isHere = (template: MailTemplate) => invoices.some((invoice) => invoice.template === template)
  const unpaid = (['first_notice', 'reminder', 'final_notice'] as const).find(isHere)
  if (unpaid && isHere('thank_you')) throw new Error('One mail cannot thank for an invoice and ask for another')
  return unpaid ?? 'thank_you'
}

function aboutOne(props: CustomerMailProps, template: MailTemplate, words: Words): Letter {
  const [raw] = props.invoices
  const workspace = nameFrom(props.workspaceName)
  const invoice = inWords(raw, words)
  const about = words.invoice(invoice.number, invoice.date)
  const isThanks = template === 'thank_you'
  const say = isThanks ? words.thankYou.one : words.unpaid[template].one[raw.variant]
  const opens = (opener: 'button' | 'link') =>
    isThanks ? about : `${about} ${words.hostedByStripe(opener, workspace)}`
  return {
    ...frame(props, template, words),
    subject: say.subject(nameFrom(props.workspaceName, NAME_IN_SUBJECT)),
    preview: say.preview(inWords(raw, words, PLAN_IN_PREVIEW), workspace),
    opening: [greeting(props, words), ...say.opening(invoice, workspace)],
    items: [],
    smallPrint: { html: opens('button'), text: opens('link') },
    stops: isThanks ? [] : [{ of: null, ...stopOf(raw, words) }],
  }
}

function aboutSeveral(props: CustomerMailProps, template: MailTemplate, words: Words): Letter {
  const { invoices } = props
  const [first] = invoices
  const workspace = nameFrom(props.workspaceName)
  const isThanks = template === 'thank_you'
  const say = isThanks ? words.thankYou.several : words.unpaid[template].several
  const shared = invoices.every(({ variant }) => variant === first.variant) ? first.variant : null
  return {
    ...frame(props, template, words),
    subject: say.subject(invoices.length, nameFrom(props.workspaceName, NAME_IN_SUBJECT), shared),
    preview: say.preview(inWords(first, words, PLAN_IN_PREVIEW), invoices.length - 1),
    opening: [greeting(props, words), ...say.opening(invoices.length, workspace)],
    items: invoices.map((invoice) => itemFor(invoice, template, words)),
    smallPrint: isThanks
      ? { html: '', text: '' }
      : {
          html: words.hostedByStripe('button and links', workspace),
          text: words.hostedByStripe('links', workspace),
        },
    stops: isThanks ? [] : invoices.map((invoice) => ({ of: whichOf(invoice, words), ...stopOf(invoice, words) })),
  }
}

/** One line of a mail that is worded as `template`. */
function itemFor(raw: MailInvoice, template: MailTemplate, words: Words): LetterItem {
  const invoice = inWords(raw, words)
  const head = { title: words.item.title(invoice.plan), amount: invoice.amount }
  if (template === 'thank_you') return { ...head, reason: words.invoice(invoice.number, invoice.date), action: null }
  const reason = words.item.reason[raw.variant](invoice)
  const endsAlone = raw.template === 'final_notice' && template !== 'final_notice'
  return {
    ...head,
    reason: endsAlone ? `${reason} ${words.item.lastMail}` : reason,
    action: actionFor(raw, words),
  }
}

function whichOf(raw: MailInvoice, words: Words): string {
  const { plan, number, date } = inWords(raw, words)
  return `${words.item.title(plan)}. ${words.invoice(number, date)}`
}

/** What all letters have in common. */
function frame(props: CustomerMailProps, template: MailTemplate, words: Words) {
  const { invoices, language } = props
  const workspace = nameFrom(props.workspaceName)
  const sender = nameOrNull(props.senderName)
  const isThanks = template === 'thank_you'
  const { closing } = isThanks ? words.thankYou : words.unpaid[template]
  return {
    language: language.toLowerCase().split('-')[0] === words.language ? language : words.language,
    from: workspace,
    action: isThanks ? null : actionFor(invoices[0], words),
    closing: [...closing(sender !== null, invoices.length), words.signature(sender, workspace)].map(
      (paragraph) => line`${paragraph}`,
    ),
  }
}

const greeting = (props: CustomerMailProps, words: Words) => line`${words.greeting(nameOrNull(props.customerName))}`

const actionFor = ({ variant, link }: MailInvoice, words: Words) => action(words.action[variant], link, words)

const stopOf = ({ stopLink }: MailInvoice, words: Words) => action(words.stopReminders, stopLink, words)

const action = (label: string, link: string, words: Words): LetterAction => ({
  label,
  before: words.beforeLink(label),
  link,
})

const inWords = (invoice: MailInvoice, words: Words, longestPlan?: number): InvoiceInWords => ({
  variant: invoice.variant,
  plan: planOf(invoice, words, longestPlan),
  amount: invoice.amount.replaceAll(' ', NO_BREAK_SPACE),
  number: nameOrNull(invoice.number),
  date: invoice.date,
  card: cardOf(invoice, words),
  cardExpired: invoice.cardExpired,
  nextAttempt: invoice.nextAttempt,
})

function planOf({ plan }: MailInvoice, words: Words, longest?: number): string | null {
  const label = plan && nameOrNull(plan.label, longest)
  if (!label || !plan?.interval || saysItsRhythm(plan.label)) return label
  return words.plan(label, plan.interval, plan.intervalCount ?? 1)
}

function cardOf({ card }: MailInvoice, words: Words): string | null {
  const last4 = card && nameOrNull(card.last4)
  return last4 ? words.card(nameOrNull(card.brand), last4) : null
}

const nameOrNull = (raw: string | null, longest?: number) => (raw && nameFrom(raw, longest)) || null
