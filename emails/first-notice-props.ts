/** Why the renewal failed, as far as a customer may know. */
export type FirstNoticeVariant = 'card' | 'authentication' | 'funds' | 'unknown'

/** One unpaid invoice. Amounts and dates come formatted for the reader; templates format nothing. */
export interface FirstNoticeInvoice {
  variant: FirstNoticeVariant
  /** "Pro annual" */
  plan: string | null
  /** "$1,490.00" */
  amount: string
  number: string | null
  /** "22 November 2026" */
  date: string
  /** "Visa ending 4242" */
  card: string | null
  /** The only reason that a customer is told about a card. */
  cardExpired: boolean
  /** "Tuesday, 24 November". Null unless Stripe named the date: we promise no other. */
  nextAttempt: string | null
  link: string
  stopLink: string
}

export interface FirstNoticeProps {
  /** BCP 47, of the words and of the amounts and dates alike: see `mailLanguage`. */
  language: string
  workspaceName: string
  /** "Maya" signs "Maya, Fernhill"; null signs "Fernhill". */
  senderName: string | null
  /** For languages that greet by name. English says "Hello,": billing names are often a company or a shouted card name. */
  customerName: string | null
  /** All in one mail. The button leads to the first. */
  invoices: readonly [FirstNoticeInvoice, ...FirstNoticeInvoice[]]
}
