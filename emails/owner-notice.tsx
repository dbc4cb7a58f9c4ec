import { render } from '@react-email/render'
import type { Letter, LetterAction } from './letter.js'
import { LetterPage } from './letter-page.js'
import { line } from './line.js'
import { plainTextOf } from './plain-text.js'

/** What SecondLoop has to say to an owner: plain words, at most one button. */
export interface OwnerNotice {
  readonly subject: string
  /** Names in it may hold anything: they are escaped, and never become a link. */
  readonly paragraphs: readonly [string, ...string[]]
  readonly action?: LetterAction
  /** Why one gets this, and what to do if it was not one's own doing. */
  readonly smallPrint?: string
}

export async function renderOwnerNotice(notice: OwnerNotice): Promise<{ subject: string; html: string; text: string }> {
  const { action = null, paragraphs, smallPrint = '', subject } = notice
  const letter: Letter = {
    language: 'en',
    subject,
    preview: paragraphs[0],
    from: 'SecondLoop',
    opening: paragraphs.map((paragraph) => line`${paragraph}`),
    items: [],
    action,
    closing: [],
    smallPrint: { html: smallPrint, text: smallPrint },
    stops: [],
  }
  return { subject, html: await render(<LetterPage letter={letter} />), text: plainTextOf(letter) }
}
