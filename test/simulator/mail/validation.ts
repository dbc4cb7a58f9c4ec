import type { OutgoingMail, Tag } from './accepted-mail.js'
import { bareAddress, domainOf } from './addresses.js'
import { attachmentsOf } from './attachments.js'
import { invalid, MailApiError } from './errors.js'
import { hasControl, invalidField, isMissing, type Json, missing, objectOf, textOf } from './fields.js'
import { readMoment } from './schedule.js'

const KNOWN = [
  'attachments',
  'bcc',
  'cc',
  'from',
  'headers',
  'html',
  'reply_to',
  'scheduled_at',
  'subject',
  'tags',
  'template',
  'text',
  'to',
  'topic_id',
]

const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;".]+(\.[^\s@<>,;".]+)+$/
const TAG_PART = /^[A-Za-z0-9_-]{1,256}$/
const RECIPIENTS_LIMIT = 50
/** Source: resend.com/docs/dashboard/emails/tags. */
const TAGS_LIMIT = 75

/** Gives the mail, or throws the error that Resend would answer. */
export function readMail(given: unknown, now: number): OutgoingMail {
  const json = objectOf(given, KNOWN)
  for (const field of ['from', 'to', 'subject'] as const) if (isMissing(json[field])) throw missing(field)
  const [html, text] = [textOf(json, 'html'), textOf(json, 'text')]
  if (html === null && text === null) {
    throw new MailApiError(422, 'missing_required_field', 'Missing `html` or `text` field.')
  }
  const subject = textOf(json, 'subject') ?? ''
  if (/[\r\n]/.test(subject)) throw invalid('The `\\n` is not allowed in the `subject` field.')
  const from = addressesOf(json, 'from')
  if (from.length !== 1) throw invalidField('from', 'It must be one address.')
  return {
    from: from[0]!,
    to: addressesOf(json, 'to'),
    cc: addressesOf(json, 'cc'),
    bcc: addressesOf(json, 'bcc'),
    replyTo: addressesOf(json, 'reply_to'),
    subject,
    html,
    text,
    headers: headersOf(json),
    tags: tagsOf(json),
    attachments: attachmentsOf(json),
    scheduledAt: isMissing(json.scheduled_at) ? null : readMoment(json.scheduled_at, now),
  }
}

/** What Resend has and the simulator has not, as `template`; undefined when a mail asks for nothing of that. */
export function notSimulatedIn(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  return ['template', 'topic_id'].find((field) => !isMissing((given as Json)[field]))
}

function addressesOf(json: Json, field: string): string[] {
  const value = json[field] ?? []
  const list: unknown[] = Array.isArray(value) ? value : [value]
  const addresses = list.map((address) => {
    if (typeof address !== 'string' || hasControl(address) || !isAddress(address)) {
      throw invalidField(
        field,
        'The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.',
      )
    }
    return address
  })
  if (addresses.length > RECIPIENTS_LIMIT) {
    throw invalid(`The \`${field}\` field can have at most ${RECIPIENTS_LIMIT} addresses.`)
  }
  return addresses
}

function isAddress(given: string): boolean {
  const trimmed = given.trim()
  return ADDRESS.test(trimmed) || (/^[^<>]*<[^<>]+>$/.test(trimmed) && ADDRESS.test(bareAddress(trimmed)))
}

function headersOf(json: Json): Record<string, string> {
  const headers = json.headers ?? {}
  if (typeof headers !== 'object' || Array.isArray(headers)) throw invalidField('headers', 'It must be an object.')
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (typeof value !== 'string' || hasControl(name + value)) {
        throw invalidField('headers', `\`${name}\` is not allowed.`)
      }
      return [name, value]
    }),
  )
}

function tagsOf(json: Json): Tag[] {
  const tags = json.tags ?? []
  if (!Array.isArray(tags)) throw invalidField('tags', 'It must be an array.')
  if (tags.length > TAGS_LIMIT) throw invalidField('tags', `It can have at most ${TAGS_LIMIT} tags.`)
  return tags.map((tag: unknown) => {
    const { name, value } = objectOf(tag, ['name', 'value'], 'A tag')
    if (typeof name !== 'string' || typeof value !== 'string' || !TAG_PART.test(name) || !TAG_PART.test(value)) {
      throw invalid('Tags should only contain ASCII letters, numbers, underscores, or dashes.')
    }
    return { name, value }
  })
}

/** Resend refuses these, since mail to them only bounces. Source: its page on addresses for testing. */
export function refuseReserved(recipients: readonly string[]): void {
  if (!recipients.some((address) => ['example.com', 'test.com'].includes(domainOf(address)))) return
  throw invalidField('to', 'Please use our testing email address instead of domains like `example.com`.')
}
