import type { Owner } from '../../db/models/owner.js'
import type { StripeConnection } from '../../db/models/stripe-connection.js'
import type { Workspace } from '../../db/models/workspace.js'
import type { Rehearsal } from '../../recovery/rehearse.js'
import { lacks } from '../../recovery/why-withheld.js'
import { mailsInWords, presentRehearsal, type RehearsalView } from './rehearsal.js'
import { stripeMailSettings } from './stripe-facts.js'
import { viewOf } from './view.js'

/** The switch, and what it would do. */
export interface PromptsView {
  /** Since when prompts are on: "Tue 24 Nov, 09:10". `null`: they are off. */
  readonly onSince: string | null
  /** That mails may have gone out which nobody here knows of. `null`: nothing was restored. */
  readonly restored: string | null
  /** What would go out if they were turned on now; `null`: they are on. */
  readonly rehearsal: RehearsalView | null
  readonly button: string
  /** Who gets the mails of a test-mode connection; `null`: it is live. */
  readonly testMail: string | null
  /** Where Stripe's own mails are switched off. */
  readonly stripeMails: string
  readonly pays: { readonly isOn: boolean; readonly mayPay: boolean }
}

interface Prompts {
  readonly workspace: Workspace
  readonly connection: StripeConnection
  readonly owner: Owner
  readonly testModeMail: 'owner' | 'customer'
  readonly rehearsal: Rehearsal | null
}

export function presentPrompts(
  { workspace, connection, owner, testModeMail, rehearsal }: Prompts,
  now: Date,
): PromptsView {
  const view = viewOf(workspace, now)
  return {
    onSince: workspace.prompts_on_at && view.times.moment(workspace.prompts_on_at),
    restored: restoredInWords(workspace, view.times.moment),
    rehearsal: rehearsal && presentRehearsal(rehearsal, view),
    button:
      rehearsal && sendsNow(rehearsal) ? `Turn prompts on: send ${mailsInWords(rehearsal)} now` : 'Turn prompts on',
    testMail: connection.mode === 'test' ? TEST_MAIL[testModeMail](owner.email) : null,
    stripeMails: stripeMailSettings(connection.mode),
    pays: { isOn: workspace.pay_with_new_card, mayPay: !lacks(connection, 'rak_invoice_write') },
  }
}

function restoredInWords({ restored_at, restored_from }: Workspace, moment: (at: Date) => string): string | null {
  if (!restored_at || !restored_from) return null
  return (
    `Everything here was restored on ${moment(restored_at)} from a backup made on ${moment(restored_from)}. Mails that ` +
    'went out in between are not known here: look whether one of these customers got theirs already. What Stripe told ' +
    'in between is fetched again by itself.'
  )
}

const sendsNow = ({ mailCount, hasProvider }: Rehearsal) => hasProvider && mailCount > 0

const TEST_MAIL = {
  owner: (email: string) => `Test mode: every mail goes to you at ${email}, marked [test], and to no customer.`,
  customer: () =>
    'Test mode, and yet mails go to the addresses of the customers: whoever runs this installation chose it (TEST_MODE_MAIL).',
} as const
