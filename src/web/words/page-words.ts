import type { Outcome } from '../../domain/case.js'

/**
 * All that a customer reads behind a recovery link where it is not Stripe's page, in one language. Whole sentences, in
 * the tone and with the form of address of the mails (`emails/words`). They name no decline and no amount: whoever has
 * the link may not be who owes.
 */
export interface PageWords {
  /** BCP 47, primary subtag only. */
  readonly language: string
  /** Why nothing is open any more is between the customer and the workspace. */
  readonly closed: Readonly<Record<Outcome, Said>>
  readonly unreachable: Said & {
    /** A question; the link to the workspace's address follows it. */
    readonly stillNotThere: string
    readonly writeTo: (address: string) => string
  }
  readonly busy: Said
  readonly unknown: Said
  /** Behind Stripe's card page. No date is promised that nobody can keep. */
  readonly done: {
    readonly paid: Said
    readonly saved: Said
    /** `again`: a button, to a fresh page of Stripe's. */
    readonly declined: Said & { readonly again: string }
    /** Whether a card was saved is not known: `what` if it was, `otherwise` if not. */
    readonly unseen: Said & { readonly otherwise: string; readonly again: string }
  }
  /** `all`: all open invoices of the customer are meant, not one. */
  readonly stop: {
    readonly ask: Readonly<Record<'one' | 'all', Said>>
    readonly button: string
    readonly stopped: Readonly<Record<'one' | 'all', Said>>
  }
}

/** A heading, and a paragraph below it. */
export interface Said {
  readonly title: string
  readonly what: string
}
