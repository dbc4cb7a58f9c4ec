import type { MailVariant, PlanInterval, UnpaidTemplate } from '../customer-mail-props.js'
import type { Line } from '../line.js'

/**
 * All that mails say in one language. Every function gives a whole phrase, sentence or paragraph, so that each language
 * keeps its own order. Names arrive cleaned, amounts and dates formatted.
 */
export interface Words {
  /** BCP 47, primary subtag only. */
  language: string
  /** "Pro annual", "Team (every 2 months)": fit for a list and for the middle of a sentence. */
  plan: (label: string, interval: PlanInterval, count: number) => string
  /**
   * Whole words, in any case, by which a label says its own rhythm ("Pro yearly"): it is then left as it is. Looked for
   * in the labels of every language's mails, so none that means another thing elsewhere.
   */
  rhythm: RegExp
  /** "Visa ending 4242", or "card ending 4242" when the brand has no name: fit for the middle of a sentence. */
  card: (brand: string | null, last4: string) => string
  greeting: (customerName: string | null) => string
  signature: (senderName: string | null, workspace: string) => string
  /** A sentence. */
  invoice: (number: string | null, date: string) => string
  /** Says whose page opens; a whole sentence. */
  hostedByStripe: (opener: 'button' | 'link' | 'links' | 'button and links', workspace: string) => string
  stopReminders: string
  /** "Change the card:", before a link that stands on the next line of the plain text. */
  beforeLink: (label: string) => string
  /** On the button and on an item's link; must be true of every page that the link leads to. */
  action: Record<MailVariant, string>
  /** One line of a mail about several invoices. */
  item: {
    /** Of an invoice's line; null: the plan has no name. */
    title: (plan: string | null) => string
    /** A sentence or two below it, true at every step. */
    reason: Record<MailVariant, (invoice: InvoiceInWords) => string>
    /** Added where this invoice's last mail is not the others'. */
    lastMail: string
  }
  unpaid: Record<UnpaidTemplate, UnpaidWords>
  /** True whether the customer paid or Stripe's retry did it. Asks for nothing, has no button. */
  thankYou: {
    one: OneInvoiceWords
    several: SeveralInvoicesWords
    closing: Closing
  }
}

/** One invoice as a language names its parts. Null: not known. */
export interface InvoiceInWords {
  variant: MailVariant
  plan: string | null
  amount: string
  number: string | null
  date: string
  card: string | null
  /** False: the mail gives no reason why the card can't be charged. */
  cardExpired: boolean
  /** "Tuesday, 24 November": the only date of a next try that may be promised. */
  nextAttempt: string | null
}

export interface UnpaidWords {
  one: Record<MailVariant, OneInvoiceWords>
  several: SeveralInvoicesWords
  closing: Closing
}

/** Paragraphs below the button; `count` is the number of invoices. A person says "I", a workspace "we". */
type Closing = (byAPerson: boolean, count: number) => readonly string[]

export interface OneInvoiceWords {
  subject: (workspace: string) => string
  /** What a mailbox shows beside the subject: begins with what counts, the amount. */
  preview: (invoice: InvoiceInWords, workspace: string) => string
  /** Paragraphs between greeting and button. The amount stands out: `strong(invoice.amount)`. */
  opening: (invoice: InvoiceInWords, workspace: string) => readonly Line[]
}

export interface SeveralInvoicesWords {
  /** `variant` when all of them share it; `count` is two or more. */
  subject: (count: number, workspace: string, variant: MailVariant | null) => string
  /** `others` is one or more. */
  preview: (first: InvoiceInWords, others: number) => string
  opening: (count: number, workspace: string) => readonly Line[]
}
