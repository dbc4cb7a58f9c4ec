import type {
  EmailBouncedEvent,
  EmailClickedEvent,
  EmailComplainedEvent,
  EmailDeliveredEvent,
  EmailDeliveryDelayedEvent,
  EmailFailedEvent,
  EmailOpenedEvent,
  EmailScheduledEvent,
  EmailSentEvent,
  EmailSuppressedEvent,
  GetEmailResponseSuccess,
} from 'resend'

export interface Tag {
  readonly name: string
  readonly value: string
}

/** Without its content. */
export interface Attachment {
  readonly filename: string | null
  readonly contentType: string | null
  /** Where Resend would fetch it. */
  readonly path: string | null
  readonly base64Length: number
}

/** A message as Resend's API takes it, checked. */
export interface OutgoingMail {
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  readonly replyTo: readonly string[]
  readonly subject: string
  readonly html: string | null
  readonly text: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly tags: readonly Tag[]
  readonly attachments: readonly Attachment[]
  /** Milliseconds since 1970; null for at once. */
  readonly scheduledAt: number | null
}

/** How a call brought a mail. */
export interface Origin {
  readonly idempotencyKey: string | null
  /** Its place in a batch call; null when sent alone. */
  readonly batchIndex: number | null
}

export interface AcceptedMail extends OutgoingMail, Origin {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly acceptedAt: number
  scheduledAt: number | null
  /** That of the last event. */
  state: MailState
  /** Oldest first. */
  readonly events: MailEvent[]
}

/** Who opened or clicked: a mail scanner is told from a person by this. */
export interface Visitor {
  readonly userAgent: string
  readonly ip: string
}

/** One line of a mail's story. */
export interface MailEvent {
  /** Such as `msg_2Xl…`, which webhooks carry as `svix-id`. */
  readonly id: string
  readonly state: MailState
  /** Milliseconds since 1970. */
  readonly at: number
  /** What webhooks say. Of a cancellation they say nothing. */
  readonly payload: EmailEvent | null
  readonly visitor?: Visitor
}

/** What a webhook says of a mail that was sent. */
export type EmailEvent =
  | EmailBouncedEvent
  | EmailClickedEvent
  | EmailComplainedEvent
  | EmailDeliveredEvent
  | EmailDeliveryDelayedEvent
  | EmailFailedEvent
  | EmailOpenedEvent
  | EmailScheduledEvent
  | EmailSentEvent
  | EmailSuppressedEvent

/** Resend's `last_event`. */
export type MailState = GetEmailResponseSuccess['last_event']
