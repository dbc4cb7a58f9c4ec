import { render } from '@react-email/render'
import type { FirstNoticeInvoice, FirstNoticeProps } from './first-notice-props.js'
import type { Letter, LetterAction } from './letter.js'
import { LetterPage } from './letter-page.js'
import { line } from './line.js'
import { nameFrom } from './name.js'
import { plainTextOf } from './plain-text.js'
import { wordsIn } from './words/languages.js'
import type { Words } from './words/words.js'

export type { FirstNoticeInvoice, FirstNoticeProps, FirstNoticeVariant } from './first-notice-props.js'

/** A subject is read in a list: a long workspace name must leave room for what happened. */
const NAME_IN_SUBJECT = 40
/** Mailboxes show about 100 characters beside the subject. */
const PLAN_IN_PREVIEW = 50
const NO_BREAK_SPACE = '\u00a0'

/**
 * The first mail about one or more failed renewals of a customer. In English when there are no words in
 * `language`. Names may hold anything; links must be ours.
 */
export async function renderFirstNotice(
  props: FirstNoticeProps,
): Promise<{ subject: string; html: string; text: string }> {
  const words = wordsIn(props.language)
  const letter = props.invoices.length === 1 ? aboutOne(props, words) : aboutSeveral(props, words)
  return { subject: letter.subject, html: await render(<LetterPage letter={letter} />), text: plainTextOf(letter) }
}

function aboutOne(props: FirstNoticeProps, words: Words): Letter {
  const [raw] = props.invoices
  const invoice = withNames(raw)
  const workspace = nameFrom(props.workspaceName)
  const say = words.firstNotice.one[invoice.variant]
  const about = words.invoice(invoice.number, invoice.date)
  return {
    ...frame(props, words),
    subject: say.subject(nameFrom(props.workspaceName, NAME_IN_SUBJECT)),
    preview: say.preview(withNames(raw, PLAN_IN_PREVIEW)),
    opening: [greeting(props, words), ...say.opening(invoice, workspace)],
    items: [],
    smallPrint: {
      html: `${about} ${words.hostedByStripe('button', workspace)}`,
      text: `${about} ${words.hostedByStripe('link', workspace)}`,
    },
    stops: [{ of: null, label: words.stopReminders, link: invoice.stopLink }],
  }
}

function aboutSeveral(props: FirstNoticeProps, words: Words): Letter {
  const [first] = props.invoices
  const invoices = props.invoices.map((invoice) => withNames(invoice))
  const count = invoices.length
  const workspace = nameFrom(props.workspaceName)
  const say = words.firstNotice.several
  const shared = invoices.every(({ variant }) => variant === first.variant) ? first.variant : null
  return {
    ...frame(props, words),
    subject: say.subject(count, nameFrom(props.workspaceName, NAME_IN_SUBJECT), shared),
    preview: say.preview(withNames(first, PLAN_IN_PREVIEW), count - 1),
    opening: [greeting(props, words), ...say.opening(count)],
    items: invoices.map((invoice) => ({
      title: say.title(invoice.plan),
      amount: invoice.amount,
      reason: say.reason[invoice.variant](invoice),
      action: actionFor(invoice, words),
    })),
    smallPrint: {
      html: words.hostedByStripe('button and links', workspace),
      text: words.hostedByStripe('links', workspace),
    },
    stops: invoices.map((invoice) => ({
      of: `${say.title(invoice.plan)}. ${words.invoice(invoice.number, invoice.date)}`,
      label: words.stopReminders,
      link: invoice.stopLink,
    })),
  }
}

/** What one invoice and several have in common. */
function frame(props: FirstNoticeProps, words: Words) {
  const workspace = nameFrom(props.workspaceName)
  const sender = nameOrNull(props.senderName)
  return {
    language: props.language.toLowerCase().split('-')[0] === words.language ? props.language : words.language,
    from: workspace,
    action: actionFor(props.invoices[0], words),
    closing: [line`${words.reply(sender !== null)}`, line`${words.signature(sender, workspace)}`],
  }
}

const greeting = (props: FirstNoticeProps, words: Words) => line`${words.greeting(nameOrNull(props.customerName))}`

const actionFor = ({ variant, link }: FirstNoticeInvoice, words: Words): LetterAction => ({
  label: words.firstNotice.action[variant],
  link,
})

const withNames = (invoice: FirstNoticeInvoice, longestPlan?: number): FirstNoticeInvoice => ({
  ...invoice,
  plan: nameOrNull(invoice.plan, longestPlan),
  number: nameOrNull(invoice.number),
  card: nameOrNull(invoice.card),
  amount: invoice.amount.replaceAll(' ', NO_BREAK_SPACE),
})

const nameOrNull = (raw: string | null, longest?: number) => (raw && nameFrom(raw, longest)) || null
