/** What a mail is: one of the templates of a campaign's steps, or the thanks after a recovery. */
export type MailTemplate = UnpaidTemplate | 'thank_you'
export type UnpaidTemplate = 'first_notice' | 'reminder' | 'final_notice'

/** Why the renewal failed, as far as a customer may know. */
export type MailVariant = 'card' | 'authentication' | 'funds' | 'unknown'

export type PlanInterval = 'day' | 'week' | 'month' | 'year'

/** One invoice. Amounts and dates come formatted for the reader; plan and card come as parts: each language has its own way. */
export interface MailInvoice {
  /** Of its touch. Invoices of one mail may stand at different steps; `thank_you` never stands beside another. */
  template: MailTemplate
  variant: MailVariant
  /** `interval`: null when it is not known. */
  plan: { label: string; interval: PlanInterval | null; intervalCount: number | null } | null
  /** "$1,490.00": what is unpaid; in a thank-you, what was paid. */
  amount: string
  number: string | null
  /** "22 November 2026" */
  date: string
  /** `brand`: "Visa"; null when it has no name. */
  card: { brand: string | null; last4: string } | null
  /** The only reason that a customer is told about a card. */
  cardExpired: boolean
  /** "Tuesday, 24 November". Null unless Stripe named the date: we promise no other. */
  nextAttempt: string | null
  link: string
  stopLink: string
}

export interface CustomerMailProps {
  /** BCP 47, of the words and of the amounts and dates alike: see `mailLanguage`. */
  language: string
  workspaceName: string
  /** "Maya" signs "Maya, Fernhill"; null signs "Fernhill". */
  senderName: string | null
  /** For languages that greet by name. English says "Hello,": billing names are often a company or a shouted card name. */
  customerName: string | null
  /** All in one mail. The button leads to the first. */
  invoices: readonly [MailInvoice, ...MailInvoice[]]
}
