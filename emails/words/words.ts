import type { FirstNoticeInvoice, FirstNoticeVariant } from '../first-notice-props.js'
import type { Line } from '../line.js'

/** All that mails say in one language. Names arrive cleaned, amounts and dates formatted. */
export interface Words {
  /** BCP 47, primary subtag only. */
  language: string
  greeting: (customerName: string | null) => string
  /** Invites an answer; a person says "I", a workspace "we". */
  reply: (byAPerson: boolean) => string
  signature: (senderName: string | null, workspace: string) => string
  /** A sentence. */
  invoice: (number: string | null, date: string) => string
  /** Says whose page opens; a whole sentence. */
  hostedByStripe: (opener: 'button' | 'link' | 'links' | 'button and links', workspace: string) => string
  stopReminders: string
  firstNotice: {
    /** On the button and on an item's link; must be true of every page that the link leads to. */
    action: Record<FirstNoticeVariant, string>
    one: Record<FirstNoticeVariant, OneInvoiceWords>
    several: SeveralInvoicesWords
  }
}

export interface OneInvoiceWords {
  subject: (workspace: string) => string
  preview: (invoice: FirstNoticeInvoice) => string
  opening: (invoice: FirstNoticeInvoice, workspace: string) => readonly Line[]
}

interface SeveralInvoicesWords {
  /** `variant` when all of them share it. */
  subject: (count: number, workspace: string, variant: FirstNoticeVariant | null) => string
  preview: (first: FirstNoticeInvoice, others: number) => string
  opening: (count: number) => readonly Line[]
  title: (plan: string | null) => string
  /** A sentence or two beside plan and amount. */
  reason: Record<FirstNoticeVariant, (invoice: FirstNoticeInvoice) => string>
}
