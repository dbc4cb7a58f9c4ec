import type { Line } from './line.js'

/** What a mail says, before it is laid out as HTML or as plain text. */
export interface Letter {
  language: string
  subject: string
  /** What a mailbox shows beside the subject. */
  preview: string
  /** Whose mail it is: stands on top. */
  from: string
  opening: readonly Line[]
  /** One for each invoice where there are several; in a digest, one for each thing to do. */
  items: readonly LetterItem[]
  /** The one button, where there is something to press. */
  action: LetterAction | null
  closing: readonly Line[]
  /** In HTML a button opens the page, in plain text a link does. */
  smallPrint: { html: string; text: string }
  stops: readonly LetterStop[]
}

export interface LetterItem {
  title: string
  /** Empty: no money hangs on it. */
  amount: string
  reason: string
  /** Null: nothing is left to do. */
  action: LetterAction | null
}

export interface LetterAction {
  label: string
  /** Stands before the link in plain text; the label and a colon when it is missing. */
  before?: string
  link: string
}

export interface LetterStop extends LetterAction {
  /** "Pro annual. Invoice F4C1-0093, 22 November 2026.", when the small print does not say it. */
  of: string | null
}
