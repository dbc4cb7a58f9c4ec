import type { DiagnosticFailure } from '../../db/models/diagnostic.js'
import type { DeclineClass } from '../../domain/decline.js'
import { type Exclusion, LATE_AFTER_DAYS, type Part } from '../../domain/diagnosis.js'

/** The words of the diagnostic, on pages, in mails and on the terminal alike. */

export const PART_NAMES: Readonly<Record<Part, string>> = {
  lost: 'Lost',
  retried: 'Stripe retried',
  paid: 'Paid by hand',
  late: 'Came late',
  outOfBand: 'Outside Stripe',
  unclear: 'Way unknown',
  returned: 'Returned',
  forgiven: 'Forgiven',
  open: 'Still open',
}

/** After an amount: "$149.00 retried by Stripe". */
export const PARTS_SAID: Readonly<Record<Part, string>> = {
  lost: 'lost',
  retried: 'retried by Stripe',
  paid: 'paid by hand',
  late: 'came late',
  outOfBand: 'paid outside Stripe',
  unclear: 'paid, nobody knows how',
  returned: 'returned',
  forgiven: 'forgiven',
  open: 'still open',
}

export const PART_DEFINITIONS: Readonly<Record<Part, string>> = {
  lost: 'Given up, or unpaid when the subscription ended.',
  retried: `Paid by Stripe’s own retry with the same card, within ${LATE_AFTER_DAYS} days.`,
  paid: `Paid within ${LATE_AFTER_DAYS} days because somebody acted: the customer paid or changed the card, or you charged by hand.`,
  late: `Paid more than ${LATE_AFTER_DAYS} days after the first failure, when Stripe’s usual retries are over.`,
  outOfBand: 'Paid by other means, as you marked it in Stripe.',
  unclear: 'Paid, but Stripe does not say how, or the key may not read it.',
  returned: 'Came back and went again: refunds, open or lost disputes, credits after payment.',
  forgiven: 'Voided, or credited before it was paid.',
  open: 'Still unpaid, of a subscription that runs.',
}

export const AT_RISK = 'What the failed renewals of these 90 days left unpaid at their first failure.'

export const CLASS_NAMES: Readonly<Record<DeclineClass, string>> = {
  card: 'Card must change',
  funds: 'Not enough funds',
  authentication: 'Bank wants confirmation',
  issuer: 'Bank said no',
  blocked: 'Blocked as risky',
  processing: 'Processing error',
  unknown: 'Stripe gave no reason',
}

const REASONS: Readonly<Record<string, string>> = {
  subscription_cycle: 'Renewal',
  subscription_update: 'Change of plan',
  subscription_threshold: 'Usage threshold',
  subscription: 'Subscription',
}

export const reasonInWords = (reason: string): string => REASONS[reason] ?? reason

/** After a number: "212 first invoices: ...". */
export const EXCLUSIONS: Readonly<Record<Exclusion, string>> = {
  first_invoice: 'first invoices: the customer was still signing up',
  by_hand: 'invoices sent by hand, without automatic collection',
  one_off: 'one-off invoices: no subscription renewed',
  nothing_due: 'with nothing left to pay',
  draft: 'drafts: nobody was asked to pay yet',
  other_mode: 'in the other mode',
  test_clock: 'on test clocks',
}

/** A list that could not be read: what is missing, and what that does to the figures. */
export const UNREAD: Readonly<Record<string, readonly [what: string, cost: string]>> = {
  charges: [
    'Charges could not be read',
    'Only what is still unpaid is known to have failed, and mostly not why. What failed and was paid since is missing here.',
  ],
  open_invoices: [
    'Subscriptions could not be read',
    'What is unpaid although its subscription has ended counts as still open here, not as lost.',
  ],
  open_payments: [
    'Payment intents could not be read',
    'Where the bank wants a confirmation there may be no charge: such invoices are here without a reason.',
  ],
  credit_notes: [
    'Credit notes could not be read',
    'Credits count as given after the failure, and those after payment as refunds first.',
  ],
  disputes: ['Disputes could not be read', 'What the bank took back counts as recovered here.'],
}

export const FAILURES: Readonly<Record<DiagnosticFailure, string>> = {
  key_rejected: 'Stripe refuses the key: it was revoked, or has expired. Save a new one and run it again.',
  permission_missing:
    'The key may not read invoices any more. Give it Invoices, read, in Stripe, and run it again: nothing can be said without them.',
  disconnected: 'The Stripe account was disconnected while it ran.',
  unreachable: 'Stripe did not answer for a day. Run it again.',
  refused: 'Stripe did not accept what we asked. Run it again; should that not help, the log of the worker says more.',
}
