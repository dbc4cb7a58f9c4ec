import { createHash } from 'node:crypto'
import type { MailConfig } from '../config.js'
import { CarefulResend, UNNAMED } from './careful-resend.js'

/** One mail as the provider gets it. Repeats of a delivery must be the same to the letter. */
export interface OutgoingMail {
  readonly from: string
  readonly to: string
  readonly replyTo: string
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
  /** Our id of the mail: tags it, so that the provider's webhooks can name it. */
  readonly mailId: string
}

/** What became of one call to the provider. */
export type DeliveryResult =
  /** It answered: each mail by its position was accepted or refused for good. */
  | { readonly kind: 'answered'; readonly mails: readonly MailResult[] }
  /** Surely nothing was accepted: refused connection, DNS, 429 or another 4xx. */
  | {
      readonly kind: 'not_accepted'
      readonly reason: string
      readonly retryAfterMs: number
      /** A rate limit, which says itself how long to wait. */
      readonly isThrottled: boolean
      /** What the provider refuses, for as long as somebody mends it: the key, or the domain of the sender's address. */
      readonly refuses?: 'key' | 'domain'
    }
  /** It may have been accepted: time-out, reset, half an answer, 5xx, or the same key still in flight. */
  | { readonly kind: 'unknown'; readonly reason: string }

export type MailResult =
  | { readonly accepted: true; readonly providerId: string }
  | { readonly accepted: false; readonly reason: string }

export interface Mailer {
  /** Names the key that paces and fails together, without holding it. */
  readonly providerKey: string
  /** `Name <address>` or a bare address. */
  readonly from: string
  send(mails: readonly OutgoingMail[], idempotencyKey: string): Promise<DeliveryResult>
  /**
   * A page of all mails that the provider took from whoever sends with it, newest first.
   *
   * @param after the provider's id of a mail: the page begins behind it; `null`: with the newest
   */
  listSent(after: string | null): Promise<({ readonly kind: 'page' } & SentPage) | NotTold>
  /** Our id of a mail, by its tag. `null`: the provider tells of no such tag. */
  readMailId(providerId: string): Promise<{ readonly kind: 'told'; readonly mailId: string | null } | NotTold>
}

export interface SentPage {
  readonly mails: readonly SentMail[]
  readonly hasMore: boolean
}

/** A mail as the provider lists it. */
export interface SentMail {
  readonly providerId: string
  readonly to: readonly string[]
  readonly createdAt: Date
}

/** Why the provider told nothing. */
export type NotTold =
  /** The key may only send. */
  | { readonly kind: 'not_allowed' }
  /** It does not know the mail that was asked for, or no longer. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly reason: string }

/** Resend takes at most this many mails in one call. Source: resend.com/docs/api-reference/emails/send-batch-emails. */
export const BATCH_LIMIT = 100

/** Source: resend.com/docs/api-reference/pagination. */
const PAGE_LIMIT = 100
/** Names the tag that holds our id of a mail. */
const TAG = 'mail'

const RETRY_AFTER_MS = 5_000

/** Names a key without holding it. */
export const providerKeyOf = (apiKey: string) =>
  `resend-${createHash('sha256').update(apiKey).digest('hex').slice(0, 12)}`

export function createResendMailer(config: MailConfig): Mailer {
  const resend = new CarefulResend(config)
  return {
    providerKey: providerKeyOf(config.apiKey),
    from: config.from,
    async send(mails, idempotencyKey) {
      const response = await resend.batch.send(
        mails.map((mail) => ({
          from: mail.from,
          to: mail.to,
          replyTo: mail.replyTo,
          subject: mail.subject,
          html: mail.html,
          text: mail.text,
          headers: mail.headers,
          tags: [{ name: TAG, value: mail.mailId }],
        })),
        { idempotencyKey, batchValidation: 'permissive' },
      )
      if (response.error) return sortError(response.error, response.headers)
      return withoutSender(byPosition(mails.length, response.data))
    },
    async listSent(after) {
      const { data, error } = await resend.emails.list({ limit: PAGE_LIMIT, ...(after && { after }) })
      if (error) return notTold(error)
      const mails = data.data.map(({ id, to, created_at }) => ({ providerId: id, to, createdAt: new Date(created_at) }))
      if (mails.some(({ createdAt }) => Number.isNaN(createdAt.getTime()))) {
        return { kind: 'failed', reason: 'a time that can not be read' }
      }
      return { kind: 'page', mails, hasMore: data.has_more }
    },
    async readMailId(providerId) {
      const { data, error } = await resend.emails.get(providerId)
      if (error) return notTold(error)
      return { kind: 'told', mailId: data.tags?.find(({ name }) => name === TAG)?.value ?? null }
    },
  }
}

/** In permissive mode accepted mails come in order, without the refused ones, which are named by index. */
function byPosition(
  count: number,
  answer: { data: { id: string }[]; errors?: { index: number; message: string }[] },
): MailResult[] {
  const refused = new Map(answer.errors?.map(({ index, message }) => [index, message]))
  const ids = answer.data.map(({ id }) => id)
  return Array.from({ length: count }, (_, position) => {
    const reason = refused.get(position)
    if (reason !== undefined) return { accepted: false, reason }
    return { accepted: true, providerId: ids.shift() ?? '' }
  })
}

function sortError(
  { name, statusCode }: { name: string; statusCode: number | null },
  headers: Record<string, string> | null,
): DeliveryResult {
  if (statusCode === null) {
    return NEVER_CONNECTED.has(name)
      ? { kind: 'not_accepted', reason: name, retryAfterMs: RETRY_AFTER_MS, isThrottled: false }
      : { kind: 'unknown', reason: name }
  }
  const reason = `${name} (${statusCode})`
  // 409: the same key is in flight, or was used with another body. Either way a call under this key was taken.
  if (statusCode >= 500 || statusCode === 409) return { kind: 'unknown', reason }
  const retryAfterMs = Number(headers?.['retry-after']) * 1_000
  return {
    kind: 'not_accepted',
    reason,
    retryAfterMs: retryAfterMs > 0 ? retryAfterMs : RETRY_AFTER_MS,
    isThrottled: statusCode === 429,
    ...refusal(name, statusCode),
  }
}

/**
 * Names say more than statuses: the reference gives 403 for a key that Resend does not know, the API was seen to answer
 * 401. A 403 that is not in its words comes from something in between. Source: resend.com/docs/api-reference/errors.
 */
function refusal(name: string, statusCode: number): { refuses?: 'key' | 'domain' } {
  if (statusCode === 401 || (statusCode === 403 && name.endsWith('_api_key'))) return { refuses: 'key' }
  return statusCode === 403 && name !== UNNAMED ? { refuses: 'domain' } : {}
}

const SENDER_REFUSED = /domain is not verified|not authorized to send emails from/

/**
 * Refused one by one for the sender's sake is refused as a whole: nothing is wrong with the mails. All have the same
 * sender, so none of them was accepted; what else is wrong with one shows the next time.
 */
function withoutSender(mails: readonly MailResult[]): DeliveryResult {
  const isRefused = mails.some((mail) => !mail.accepted && SENDER_REFUSED.test(mail.reason))
  if (!isRefused || mails.some(({ accepted }) => accepted)) return { kind: 'answered', mails }
  const reason = 'validation_error (403)'
  return { kind: 'not_accepted', reason, retryAfterMs: RETRY_AFTER_MS, isThrottled: false, refuses: 'domain' }
}

/** Source of `restricted_api_key`: resend.com/docs/api-reference/errors. */
function notTold({ name, statusCode }: { name: string; statusCode: number | null }): NotTold {
  if (name === 'restricted_api_key') return { kind: 'not_allowed' }
  // 422: a cursor that is none any more.
  if (statusCode === 404 || statusCode === 422) return { kind: 'gone' }
  return { kind: 'failed', reason: statusCode === null ? name : `${name} (${statusCode})` }
}

/** Faults before a single byte was sent. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])
