import type { Context } from '../context.js'
import { AddressConfirmation } from '../db/models/address-confirmation.js'
import { hashToken, newToken } from '../secrets/tokens.js'
import { takeTry } from './limits.js'
import { writeToOwner } from './write-to-owner.js'

const DAY_MS = 86_400_000

export type AskedToConfirm =
  | { readonly kind: 'asked' }
  | { readonly kind: 'too_often'; readonly waitSeconds: number }
  /** The mail provider did not take the mail. */
  | { readonly kind: 'not_sent' }

interface Asking {
  readonly ownerId: string
  /** Lower case, checked. */
  readonly email: string
  readonly purpose: AddressConfirmation['purpose']
  /** Who wants it: told in the mail, whose reader may not know of us. */
  readonly workspaceName: string
}

const ASKS = {
  reply_to: {
    subject: 'Confirm this address for replies',
    opening: (name: string) => `${name} wants replies of its customers to come to this address.`,
    label: 'Take replies here',
  },
  owner: {
    subject: 'Confirm your new SecondLoop address',
    opening: (name: string) => `The owner of ${name} wants to sign in to SecondLoop with this address.`,
    label: 'Use this address',
  },
} as const

/**
 * Mails an address a link that is good for a day, works once, and opens in any browser: whoever reads the mailbox says
 * yes. One asked for the same purpose before is void.
 */
export async function askToConfirm(
  context: Context,
  { ownerId, email, purpose, workspaceName }: Asking,
): Promise<AskedToConfirm> {
  const { db, now, say, settings } = context
  const waitSeconds =
    (await takeTry(context, 'confirm-owner', ownerId)) ?? (await takeTry(context, 'link-address', email))
  if (waitSeconds !== null) return { kind: 'too_often', waitSeconds }

  const token = newToken()
  await db.transaction(async (trx) => {
    await AddressConfirmation.query(trx).where({ owner_id: ownerId, purpose, used_at: null }).delete()
    await AddressConfirmation.query(trx).insert({
      owner_id: ownerId,
      purpose,
      email,
      token_hash: hashToken(token),
      created_at: now(),
      expires_at: new Date(now().getTime() + DAY_MS),
    })
  })
  const link = `${settings.appUrl}/confirm-address?token=${token}`
  const { label, opening, subject } = ASKS[purpose]
  const outcome = await writeToOwner(context, email, {
    subject,
    paragraphs: [opening(workspaceName), 'Open the page below and press the button. The link works once, for a day.'],
    action: { label, link },
    smallPrint: 'If you do not know what this is about, leave it be: without your yes nothing changes.',
  })
  if (outcome === 'no_provider') say(`Link that confirms ${email}, good for a day:\n${link}`)
  return outcome === 'not_sent' ? { kind: 'not_sent' } : { kind: 'asked' }
}
