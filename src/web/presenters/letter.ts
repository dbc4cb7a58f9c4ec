import type { MailData } from './rows.js'
import type { View } from './view.js'

/** One mail as it went out. */
export interface LetterView {
  readonly id: string
  readonly to: string
  readonly from: string
  readonly subject: string
  /** What became of it, in words. */
  readonly fate: string
  readonly text: string
}

export function presentLetter(mail: MailData, { times }: View): LetterView {
  return {
    id: mail.id,
    to: mail.to_address,
    from: unquoted(mail.from_address),
    subject: mail.subject,
    fate: fateOf(mail, times.moment),
    text: unwrapped(mail.text.trim()),
  }
}

/** As mails' plain text is wrapped, for mail programs. */
const COLUMNS = 72
const RULE = '--'

/** A page wraps by itself: the breaks that only the width made are undone, all others stay. */
export function unwrapped(text: string): string {
  const lines = text.split('\n')
  return lines.reduce((whole, line, index) => {
    const before = lines[index - 1] ?? ''
    const [word = ''] = line.split(' ', 1)
    const standsAlone = before === '' || before === RULE || word === '' || /^https?:/.test(word)
    const isWrapped = !standsAlone && before.length + 1 + word.length > COLUMNS
    return whole + (isWrapped ? ' ' : '\n') + line
  })
}

function fateOf({ accepted_at, refused_at, reason }: MailData, moment: (at: Date) => string): string {
  if (accepted_at) return `Accepted by the mail provider ${moment(accepted_at)}`
  if (refused_at) return `Refused by the mail provider ${moment(refused_at)}${reason ? `: ${reason}` : ''}`
  return 'Not yet accepted by the mail provider'
}

/** `"Maya at Fernhill" <mail@fernhill.example>` without what RFC 5322 wants around a name. */
export function unquoted(from: string): string {
  const [, name, address] = /^"(.*)"\s*(<[^<>]+>)$/.exec(from) ?? []
  return name && address ? `${name.replace(/\\(.)/g, '$1')} ${address}` : from
}
