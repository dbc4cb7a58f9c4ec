import type { Context } from '../context.js'
import { Owner } from '../db/models/owner.js'
import { SignInToken } from '../db/models/sign-in-token.js'
import { hashToken, newToken } from '../secrets/tokens.js'
import { takeTry } from './limits.js'
import { LINK_MS } from './sign-in.js'
import { maySignIn } from './sign-up-rules.js'
import { writeToOwner } from './write-to-owner.js'

/** Whoever asks learns the same and as fast, whether or not the address may sign in. */
export type Asked =
  | {
      readonly kind: 'asked'
      /** Settles once the mail is on its way, or is not: nobody waits for it. Never rejects. */
      readonly sending: Promise<void>
    }
  | { readonly kind: 'too_often'; readonly waitSeconds: number }

interface Asking {
  /** Lower case, checked. */
  readonly email: string
  /** What tells one client from others: its network address. */
  readonly client: string
  /** Of the cookie that the link will be bound to. */
  readonly browserToken: string
}

/** Mails a one-time link to an address that may sign in; to others nothing. */
export async function askForLink(context: Context, asking: Asking): Promise<Asked> {
  const waitSeconds =
    (await takeTry(context, 'link-client', asking.client)) ?? (await takeTry(context, 'link-address', asking.email))
  if (waitSeconds !== null) return { kind: 'too_often', waitSeconds }
  const sending = sendLink(context, asking).catch((error: unknown) => {
    context.log.error({ err: error }, 'a sign-in link could not be sent')
  })
  return { kind: 'asked', sending }
}

/**
 * The same for whoever came with a link that does not open here: a new one goes to the address that the old one was
 * for, which is not told.
 *
 * @returns `null` when the link is none that was mailed
 */
export async function askAgain(
  context: Context,
  { token, ...asking }: Omit<Asking, 'email'> & { readonly token: string },
): Promise<Asked | null> {
  const known = await SignInToken.query(context.db)
    .findOne({ token_hash: hashToken(token) })
    .whereNotNull('email')
  return known?.email ? askForLink(context, { ...asking, email: known.email }) : null
}

async function sendLink(context: Context, { browserToken, email }: Asking): Promise<void> {
  const { db, now, say, settings } = context
  if (!(await maySignIn(context, email))) return
  const token = newToken()
  await SignInToken.query(db).insert({
    email,
    browser_hash: hashToken(browserToken),
    token_hash: hashToken(token),
    created_at: now(),
    expires_at: new Date(now().getTime() + LINK_MS),
  })
  const link = `${settings.appUrl}/sign-in/verify?token=${token}`
  const isNew = (await Owner.query(db).findOne({ email }).select('id')) === undefined
  const outcome = await writeToOwner(context, email, {
    subject: isNew ? 'Your link to SecondLoop' : 'Sign in to SecondLoop',
    paragraphs: [
      isNew ? 'This link signs you in and makes your workspace.' : 'This link signs you in.',
      'It works once, for ten minutes, in the browser that you asked from.',
    ],
    action: { label: 'Sign in', link },
    smallPrint: 'You get this because somebody asked for a link with this address. If it was not you, leave it be.',
  })
  if (outcome === 'no_provider')
    say(`Sign-in link for ${email}, good for ten minutes in the browser it was asked from:\n${link}`)
  if (outcome === 'not_sent') context.log.error('the mail provider did not take a sign-in link')
}
