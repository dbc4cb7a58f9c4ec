import type { DigestFrequency } from '../../domain/digest.js'
import type { RetriedPayment } from '../../recovery/retry-payment.js'
import type { SentNow } from '../../recovery/send-now.js'
import type { GlyphName, Tone } from './case-state.js'

/** What an action came to. */
export interface SaidView {
  readonly glyph: GlyphName
  readonly tone: Tone
  readonly words: string
}

type Changed = 'done' | 'already' | 'closed'
/** An action and what came of it. A row that is not there is a page that is not there. */
export type SaidWord =
  | `${'pause' | 'resume' | 'dismiss'}-${Changed}`
  | `retry-${Exclude<RetriedPayment['kind'], 'unknown'>}`
  | `send-${Exclude<SentNow['kind'], 'unknown' | 'planned'> | 'now' | 'later'}`
  | `replay-${'done' | 'already'}`
  | `prompts-${'on' | 'off' | 'already'}`
  | `paying-${'on' | 'off'}`
  | `campaign-${'saved' | 'same'}`
  | `digest-${DigestFrequency}`
  | 'link-closed'
  | 'test-mail-sent'
  | `sender-${'connected' | 'half' | 'works' | 'refused' | 'unanswered' | 'removed' | 'none' | 'secret'}`
  | `reply-to-${'asked' | 'saved' | 'cleared'}`
  | 'sender-name'
  | `allow-${'done' | 'already'}`
  | `workspace-${'saved' | 'moved'}`
  | `diagnostic-${'asked' | 'running' | 'not_connected' | 'canceled' | 'none' | 'mailed' | 'scheduled'}`
  | 'checks-asked'
  | `past-${'wanted' | 'none'}`
  | `stripe-${'key' | 'key-lacks' | 'checked' | 'endpoint' | 'url' | 'secret' | 'secret-known' | 'nothing'}`

const done = (words: string): SaidView => ({ glyph: 'recovered', tone: 'recovered', words })
const nothing = (words: string): SaidView => ({ glyph: 'closed', tone: 'closed', words })
const attention = (words: string): SaidView => ({ glyph: 'attention', tone: 'attention', words })

const SAID: Readonly<Record<SaidWord, SaidView>> = {
  'pause-done': done('Paused. Nothing is sent about this invoice until you resume it.'),
  'pause-already': nothing('This case was paused already.'),
  'pause-closed': nothing('Not paused: the case is closed.'),
  'resume-done': done('Resumed. What is planned stands below.'),
  'resume-already': nothing('This case was not paused.'),
  'resume-closed': nothing('Not resumed: the case is closed.'),
  'dismiss-done': done('Dismissed. Nothing more is sent. If the invoice is paid later, it still counts as recovered.'),
  'dismiss-already': nothing('This case was dismissed already.'),
  'dismiss-closed': nothing('Not dismissed: the case is closed.'),
  'retry-paid': done('Charged. The case closes as soon as Stripe confirms it.'),
  'retry-processing': done('Charged. The bank takes some days to confirm it.'),
  'retry-authentication': attention(
    'Nothing was charged: the bank wants the customer to confirm. The recovery link leads them there.',
  ),
  'retry-declined': attention(
    'The bank said no. Nothing was charged. The customer can try another card from the recovery link.',
  ),
  'retry-not_allowed': attention(
    'Nothing was charged: the key may not pay invoices. Give it “Invoices, write” in Stripe, or charge it there.',
  ),
  'retry-already_paid': nothing('Nothing was charged: the invoice is paid already.'),
  'retry-gone': nothing('Nothing was charged: the invoice or the card is no longer there.'),
  'retry-no_answer': attention(
    'Stripe never answered: charged or not, nobody knows. Look at the invoice in Stripe before you try again.',
  ),
  'retry-under_way': nothing('A payment of this invoice is under way. It comes to its end by itself.'),
  'retry-no_card': attention('Nothing was charged: Stripe has no card to charge. Send the customer the recovery link.'),
  'retry-closed': nothing('Nothing was charged: the case is closed.'),
  'retry-unreachable': attention('Nothing was charged: Stripe did not answer. Try again in a minute.'),
  'send-now': done('The next mail goes out now, if the invoice is still unpaid.'),
  'send-later': nothing(
    'Planned for the first moment that your sending hours and the distance between two mails allow. It stands below.',
  ),
  'send-already': nothing('You asked for this mail already: it is sent once.'),
  'send-paused': nothing('Not sent: the case is paused. Resume it first.'),
  'send-prompts_off': nothing('Not sent: prompts are off, so nobody is written to. Turn them on in the settings.'),
  'send-stopped': nothing('Not sent: the customer stopped reminders for this invoice.'),
  'send-last_sent': nothing('Not sent: the last mail told the customer that no other follows.'),
  'send-closed': nothing('Not sent: the case is closed.'),
  'prompts-on': done('Prompts are on. What is due goes out now.'),
  'prompts-off': done('Prompts are off. Nobody is written to until you turn them on again.'),
  'prompts-already': nothing('Nothing has changed: it was so already.'),
  'paying-on': done('Switched on: an open invoice is paid with the card that a customer saves from now on.'),
  'paying-off': done('Switched off: we charge no new card. Stripe’s next attempt does.'),
  'campaign-saved': done('Saved. It holds from now on, for every mail that is not on its way yet.'),
  'campaign-same': nothing('Nothing has changed: this is the campaign that holds.'),
  'digest-off': done('No digest is mailed to you any more.'),
  'digest-daily': done('The digest is mailed to you every morning at eight.'),
  'digest-weekly': done('The digest is mailed to you on Mondays at eight in the morning.'),
  'link-closed': nothing('There is no link any more: the case is closed.'),
  'test-mail-sent': done('Sent to you. It is in your mailbox in a moment, marked [test].'),
  'sender-connected': done('Mails come from your own address now. Resend tells us what becomes of them.'),
  'sender-half': done(
    'Mails come from your own address now. What becomes of them is heard of once you have made the webhook below.',
  ),
  'sender-works': done('Resend takes mails from your address. What waited goes out now.'),
  'sender-refused': attention('Resend refuses mails from your address. What to do stands below.'),
  'sender-unanswered': nothing('Resend did not answer, so nothing has changed. Try again in a minute.'),
  'sender-removed': done('Your own sender is removed: its key is deleted here.'),
  'sender-none': nothing('Nothing has changed: there is no sender of your own.'),
  'sender-secret': done('Saved. From now on we hear what becomes of your mails.'),
  'reply-to-asked': done('A link is on its way to that mailbox. Answers go there once it is opened and confirmed.'),
  'reply-to-saved': done('Answers go there.'),
  'reply-to-cleared': done('Answers of customers come to you.'),
  'sender-name': done('Saved. It signs every mail that is not on its way yet.'),
  'allow-done': done('Allowed again: what comes next for that address is sent. What was skipped stays skipped.'),
  'allow-already': nothing('That address was not on the list any more.'),
  'workspace-saved': done('Saved.'),
  'workspace-moved': done('Saved. Reminders that are not on their way yet are planned anew in these hours.'),
  'stripe-key': done('The key is stored, and Stripe confirms all that is needed.'),
  'stripe-key-lacks': attention('The key is stored. What it lacks stands below.'),
  'stripe-checked': done('Checked with Stripe, permission by permission. What it said stands below.'),
  'stripe-endpoint': done('One endpoint stands at Stripe, at this address, with our events and a secret that we hold.'),
  'stripe-url': done('The webhook URL is new. Change the endpoint in Stripe, or let us put it right.'),
  'stripe-secret': done('Stored. Webhooks that are signed with it count from now on.'),
  'stripe-secret-known': nothing('Nothing has changed: this secret is stored already.'),
  'stripe-nothing': nothing('Nothing has changed.'),
  'checks-asked': done('Looked at now. What is found stands below in a moment.'),
  'past-wanted': done('The cases are opened now, one after the other. They are in the list in a moment.'),
  'past-none': nothing('No case was opened: none was chosen, or each has one already.'),
  'diagnostic-asked': done('It begins in a moment. You can leave this page.'),
  'diagnostic-running': nothing('One is under way already: one runs at a time.'),
  'diagnostic-not_connected': attention('Not begun: Stripe takes no key of yours now. Save one in the settings.'),
  'diagnostic-canceled': done('Stopped. What was read is deleted.'),
  'diagnostic-none': nothing('Nothing was under way any more.'),
  'diagnostic-mailed': done('It is on its way to your mailbox.'),
  'diagnostic-scheduled': done('Saved.'),
  'replay-done': done('The event is processed again. What came of it stands in its line in a moment.'),
  'replay-already': nothing('This event waits to be processed already.'),
}

/** @param word as it came through the browser: `null` for what is none of ours */
export const presentSaid = (word: string | null): SaidView | null =>
  word !== null && Object.hasOwn(SAID, word) ? SAID[word as SaidWord] : null
