import { MailApiError } from './errors.js'
import type { OutgoingMail, Tag } from './inbox.js'

type Json = Record<string, unknown>

const KNOWN = new Set([
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
])

const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;".]+(\.[^\s@<>,;".]+)+$/
const TAG_PART = /^[A-Za-z0-9_-]{1,256}$/

/** Gives the mail, or throws the error that Resend would answer. */
export function readMail(given: unknown): OutgoingMail {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new MailApiError(422, 'validation_error', 'The request body must be a JSON object.')
  }
  const json = given as Json
  const unknown = Object.keys(json).find((key) => !KNOWN.has(key))
  if (unknown !== undefined) throw new MailApiError(422, 'validation_error', `Unrecognized key: \`${unknown}\`.`)

  for (const field of ['from', 'to', 'subject'] as const) {
    const value = json[field]
    if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) {
      throw new MailApiError(422, 'missing_required_field', `Missing \`${field}\` field.`)
    }
  }
  const [html, text] = [textOf(json, 'html'), textOf(json, 'text')]
  if (html === null && text === null) {
    throw new MailApiError(422, 'missing_required_field', 'Missing `html` or `text` field.')
  }
  const to = addressesOf(json, 'to')
  if (to.length > 50) throw new MailApiError(422, 'validation_error', 'The `to` field can have at most 50 addresses.')
  return {
    from: addressesOf(json, 'from')[0]!,
    to,
    cc: addressesOf(json, 'cc'),
    bcc: addressesOf(json, 'bcc'),
    replyTo: addressesOf(json, 'reply_to'),
    subject: textOf(json, 'subject')!,
    html,
    text,
    headers: headersOf(json),
    tags: tagsOf(json),
  }
}

function textOf(json: Json, field: string): string | null {
  const value = json[field]
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string') throw invalid(field, 'It must be a string.')
  return value
}

function addressesOf(json: Json, field: string): string[] {
  const value = json[field] ?? []
  const list: unknown[] = Array.isArray(value) ? value : [value]
  for (const address of list) {
    const bare = typeof address === 'string' ? (/^[^<>]*<([^<>]+)>$/.exec(address.trim())?.[1] ?? address.trim()) : ''
    if (!ADDRESS.test(bare) || hasControl(String(address))) {
      throw invalid(
        field,
        'The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.',
      )
    }
  }
  return list as string[]
}

function headersOf(json: Json): Record<string, string> {
  const headers = json.headers ?? {}
  if (typeof headers !== 'object' || headers === null) throw invalid('headers', 'It must be an object.')
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string' || hasControl(name + value)) throw invalid('headers', `\`${name}\` is not allowed.`)
  }
  return headers as Record<string, string>
}

function tagsOf(json: Json): Tag[] {
  const tags = json.tags ?? []
  if (!Array.isArray(tags)) throw invalid('tags', 'It must be an array.')
  for (const { name, value } of tags as Json[]) {
    if (!TAG_PART.test(String(name)) || !TAG_PART.test(String(value))) {
      throw new MailApiError(
        422,
        'validation_error',
        'Tags should only contain ASCII letters, numbers, underscores, or dashes.',
      )
    }
  }
  return tags as Tag[]
}

function hasControl(text: string): boolean {
  return [...text].some((sign) => sign < ' ')
}

function invalid(field: string, why: string): MailApiError {
  return new MailApiError(422, 'validation_error', `Invalid \`${field}\` field. ${why}`)
}
