import type { Attachment } from './accepted-mail.js'
import { MailApiError } from './errors.js'
import { invalidField, isMissing, type Json, objectOf } from './fields.js'

const KNOWN = ['content', 'content_id', 'content_type', 'filename', 'path']
const CONTENT_ID_LIMIT = 128
/** Of all attachments, as base64. Source: resend.com/docs/api-reference/emails/send-email. */
const ATTACHMENTS_LIMIT = 40 * 1024 * 1024

/** Gives a mail's attachments without their content, or throws the error that Resend would answer. */
export function attachmentsOf(json: Json): Attachment[] {
  const attachments = json.attachments ?? []
  if (!Array.isArray(attachments)) throw invalidField('attachments', 'It must be an array.')
  const read = attachments.map(attachmentOf)
  if (read.reduce((sum, { base64Length }) => sum + base64Length, 0) > ATTACHMENTS_LIMIT) {
    throw invalidField('attachments', 'They can have at most 40MB.')
  }
  return read
}

/** The content is looked at and dropped: nobody here reads it. */
function attachmentOf(given: unknown): Attachment {
  const { content, content_id, content_type, filename, path } = objectOf(given, KNOWN, 'An attachment')
  if (isMissing(content) && isMissing(path)) {
    throw new MailApiError(422, 'invalid_attachment', 'Attachment must have either a `content` or `path`.')
  }
  for (const [field, value] of Object.entries({ content_id, content_type, filename, path })) {
    // The SDK's type has `filename: false`.
    if (isMissing(value) || value === false || typeof value === 'string') continue
    throw invalidField(field, 'It must be a string.')
  }
  if (typeof content_id === 'string' && content_id.length >= CONTENT_ID_LIMIT) {
    throw invalidField('content_id', `It must be shorter than ${CONTENT_ID_LIMIT} characters.`)
  }
  return {
    filename: typeof filename === 'string' ? filename : null,
    contentType: typeof content_type === 'string' ? content_type : null,
    path: typeof path === 'string' ? path : null,
    base64Length: isMissing(content) ? 0 : base64LengthOf(content),
  }
}

/** As text it is base64 already; bytes become that. */
function base64LengthOf(content: unknown): number {
  if (typeof content === 'string') return content.length
  const bytes = Array.isArray(content) ? content : (content as { data?: unknown[] }).data
  if (!Array.isArray(bytes)) throw invalidField('content', 'It must be a base64 string or bytes.')
  return Math.ceil(bytes.length / 3) * 4
}
