import { Resend } from 'resend'
import { z } from 'zod'

/** What the provider tells of one mail, whatever it calls it. */
export interface MailEvent {
  readonly kind: MailEventKind
  /** Ours, by the mail's tag; `null`: it carries none that can be ours. */
  readonly mailId: string | null
  /** The provider's id of the mail. */
  readonly providerId: string
  /** When it happened, and when the provider took the mail. `null`: not told in a form that can be read. */
  readonly at: Date | null
  readonly acceptedAt: Date | null
  /** Why a mail did not arrive, as one word of the provider; never personal. */
  readonly code: string | null
  /** Of whoever clicked; never stored. `null`: not told, as for openings. */
  readonly userAgent: string | null
  /** To whom it went. For comparing only: never stored from here, never logged. */
  readonly recipient?: string
}

/**
 * `bounced`: the receiver refused the address for good. A bounce that is not for good is `failed`, as is a mail that the
 * provider gave up: it did not arrive, and nothing is known against the address. `opened`, `clicked`: by a person or a
 * program.
 */
export type MailEventKind =
  | 'sent'
  | 'delivered'
  | 'delayed'
  | 'failed'
  | 'bounced'
  | 'complained'
  | 'suppressed'
  | 'opened'
  | 'clicked'

export type MailVerification =
  /** `event` is `null` for types that tell nothing of a mail that we sent. */
  | { readonly verified: true; readonly event: MailEvent | null }
  | { readonly verified: false; readonly reason: 'signature' | 'not_an_event' }

/** As Standard Webhooks names them, by Svix. */
export interface MailWebhookHeaders {
  /** `svix-id` */
  readonly id: string
  /** `svix-timestamp`, seconds since 1970 */
  readonly timestamp: string
  /** `svix-signature` */
  readonly signature: string
}

/** Only its verification is used, and that needs no key. */
const { webhooks } = new Resend('re_none')

/**
 * Verifies a delivery over the raw body, and reads what it tells. While a secret rolls over, Resend signs with the old
 * and the new one, so one of them is enough. A timestamp more than five minutes away counts as a wrong signature.
 *
 * Source: resend.com/docs/dashboard/webhooks/verify-webhooks-requests; the types of the SDK.
 *
 * @param body exactly as received
 */
export function verifyMailEvent(body: string, headers: MailWebhookHeaders, webhookSecret: string): MailVerification {
  let payload: unknown
  try {
    payload = webhooks.verify({ payload: body, headers, webhookSecret })
  } catch (error) {
    // Whatever else it throws, it found no signature: it can't even decode some secrets that an owner may have pasted.
    return { verified: false, reason: error instanceof SyntaxError ? 'not_an_event' : 'signature' }
  }
  const event = readMailEvent(payload)
  return event === undefined ? { verified: false, reason: 'not_an_event' } : { verified: true, event }
}

/** @returns `null` for types that tell nothing of a mail that we sent; `undefined` for what is no event */
export function readMailEvent(payload: unknown): MailEvent | null | undefined {
  const envelope = envelopeSchema.safeParse(payload)
  if (!envelope.success) return undefined
  const { type } = envelope.data
  if (!isOfMail(type)) return null
  const told = mailSchema.safeParse(payload)
  return told.success ? eventOf(type, told.data) : undefined
}

/** Those that tell what became of a mail. Nothing that we send is scheduled. */
const KINDS = {
  'email.sent': 'sent',
  'email.delivered': 'delivered',
  'email.delivery_delayed': 'delayed',
  'email.failed': 'failed',
  'email.bounced': 'bounced',
  'email.complained': 'complained',
  'email.suppressed': 'suppressed',
  'email.opened': 'opened',
  'email.clicked': 'clicked',
} as const satisfies Record<string, MailEventKind>

type KnownType = keyof typeof KINDS

const isOfMail = (type: string): type is KnownType => Object.hasOwn(KINDS, type)

const envelopeSchema = z.object({ type: z.string().regex(/^[\w.:-]{1,255}$/) })

/** Years of four digits: beyond them Postgres soon knows no dates. */
const END_OF_TIME = Date.UTC(10_000, 0)

/** A time that can't be read is left out rather than making the event one that is sent again and again. */
const time = z
  .string()
  .transform((text) => new Date(text))
  .transform((date) => (date.getTime() >= 0 && date.getTime() < END_OF_TIME ? date : null))
  .nullable()
  .catch(null)

/** One word, such as `MailboxFull` or `reached_daily_quota`; whole sentences may name the address. */
const word = z
  .string()
  .regex(/^\w{1,60}$/)
  .nullable()
  .catch(null)

/** Postgres looks for no text with a NUL in it. */
const storable = z.string().refine((text) => !text.includes('\u0000'))

const mailSchema = z.object({
  created_at: time,
  data: z.object({
    email_id: storable.min(1).max(255),
    created_at: time,
    to: z.array(storable).catch([]),
    tags: z
      .object({ mail: z.uuid().nullable().catch(null) })
      .nullable()
      .catch(null),
    bounce: z
      .object({ type: z.string().nullable().catch(null), subType: word })
      .nullable()
      .catch(null),
    failed: z.object({ reason: word }).nullable().catch(null),
    click: z
      .object({ userAgent: z.string().nullable().catch(null), timestamp: time })
      .nullable()
      .catch(null),
  }),
})

function eventOf(type: KnownType, { created_at, data }: z.infer<typeof mailSchema>): MailEvent {
  const { email_id, tags, bounce, failed, click } = data
  const [recipient] = data.to
  const kind = KINDS[type]
  return {
    kind: kind === 'bounced' && bounce && bounce.type !== FOR_GOOD ? 'failed' : kind,
    mailId: tags?.mail ?? null,
    providerId: email_id,
    at: click?.timestamp ?? created_at,
    acceptedAt: data.created_at,
    code: bounce?.subType ?? failed?.reason ?? null,
    userAgent: click?.userAgent ?? null,
    ...(recipient !== undefined && { recipient }),
  }
}

/**
 * Others are `Transient` and `Undetermined`. Older payloads name no type: those were told of for good only. Sources:
 * resend.com/docs/dashboard/emails/email-bounces, resend.com/docs/dashboard/webhooks/event-types.
 */
const FOR_GOOD = 'Permanent'
