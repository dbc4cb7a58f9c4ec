/** Why a case or a connection needs a human, and what that human does: one reason and one action each. Pure. */

/** The most pressing first: of several reasons for one case the first counts. */
export const HUMAN_REASONS = [
  'key_refused',
  'dispute',
  'card_updated',
  'mail_unknown',
  'mail_failed',
  'suppressed',
  'no_address',
  'stalled',
  'pinned',
] as const

export type HumanReason = (typeof HUMAN_REASONS)[number]

export type HumanAction =
  | 'new_key'
  | 'answer_dispute'
  | 'pay_now'
  | 'check_provider'
  | 'write_yourself'
  | 'mend_address'
  | 'change_card_in_stripe'

const ACTIONS: Record<HumanReason, HumanAction> = {
  key_refused: 'new_key',
  dispute: 'answer_dispute',
  card_updated: 'pay_now',
  mail_unknown: 'check_provider',
  mail_failed: 'write_yourself',
  suppressed: 'mend_address',
  no_address: 'mend_address',
  stalled: 'write_yourself',
  pinned: 'change_card_in_stripe',
}

export const humanActionFor = (reason: HumanReason): HumanAction => ACTIONS[reason]

/** For the owner, with full stops: what happened, and what to do. */
export interface HumanWords {
  readonly why: string
  readonly todo: string
}

/** By reason; some have a closer one by what the query gives as `detail`. */
const WORDS: Record<HumanReason, HumanWords & { readonly whyOf?: Readonly<Record<string, string>> }> = {
  key_refused: {
    why: 'Stripe refuses the key, so nothing can be asked, checked or charged.',
    todo: 'Enter a new key.',
  },
  dispute: {
    why: 'The customer disputes the payment, and the bank has taken it back until it is decided.',
    todo: 'Answer in Stripe before its deadline, unless you have.',
  },
  card_updated: {
    why: 'Card updated, invoice still open.',
    whyOf: {
      permission_missing: 'Card updated, invoice still open: your key does not let us charge it.',
      key_rejected: 'Card updated, invoice still open: Stripe refused your key.',
      switched_off: 'Card updated, invoice still open: paying with new cards is switched off.',
      declined: 'The new card was declined too, and nothing more is planned.',
      unknown: 'Whether the new card was charged is not known: Stripe never answered.',
    },
    todo: 'Charge the new card now.',
  },
  mail_unknown: {
    why: 'The mail may or may not have gone out: the provider never answered.',
    todo: 'Look for it at your mail provider.',
  },
  mail_failed: {
    why: 'The mail provider refused the mail for good.',
    whyOf: {
      mail_not_rendered: 'The mail could not be written, so nothing was sent.',
      mail_lost: 'The mail went out and never arrived.',
    },
    todo: 'Write to them yourself, with their recovery link.',
  },
  suppressed: {
    why: 'Mail to this address is stopped.',
    whyOf: {
      bounced: 'Mail bounced: the mailbox does not take any.',
      complained: 'The customer marked our mail as spam, so no more is sent.',
      suppressed: 'The mail provider no longer delivers to this address.',
    },
    todo: 'Put another address in Stripe, or reach them another way.',
  },
  no_address: {
    why: 'Stripe has no mail address for this customer.',
    whyOf: { address_unusable: 'The mail address in Stripe cannot be written to.' },
    todo: 'Put one in Stripe, or reach them another way.',
  },
  stalled: {
    why: 'Nothing is planned, and Stripe will not try again.',
    todo: 'Write to them yourself, or dismiss the case.',
  },
  pinned: {
    why: 'The subscription still charges the old card, so the next renewal will fail too.',
    todo: 'Choose the new card for it in Stripe.',
  },
}

/** @param detail what the query gives with it: a closer reason, or how many mails went out */
export function humanWords(reason: HumanReason, detail: string | null): HumanWords {
  if (reason === 'stalled') return { ...WORDS.stalled, why: `${unanswered(Number(detail))}. ${WORDS.stalled.why}` }
  const { why, whyOf, todo } = WORDS[reason]
  return { why: (detail !== null && whyOf?.[detail]) || why, todo: todoFor(reason, detail) ?? todo }
}

function unanswered(mails: number): string {
  if (mails === 0) return 'Nobody has written'
  return mails === 1 ? 'One mail, no answer' : `${mails} mails, no answer`
}

function todoFor(reason: HumanReason, detail: string | null): string | null {
  if (reason !== 'card_updated') return null
  if (detail === 'declined') return 'Write to them yourself, or try the card again.'
  return detail === 'unknown' ? 'Look at the invoice in Stripe before you charge again.' : null
}
