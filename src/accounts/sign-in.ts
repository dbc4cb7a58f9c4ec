import type { Context } from '../context.js'
import { Owner } from '../db/models/owner.js'
import { Session } from '../db/models/session.js'
import { SignInToken } from '../db/models/sign-in-token.js'
import { hashToken, newToken } from '../secrets/tokens.js'
import { signOut } from './sessions.js'
import { maySignIn } from './sign-up-rules.js'

export const LINK_MS = 10 * 60_000
const SESSION_MS = 30 * 86_400_000
const LONGEST_USER_AGENT = 300

/**
 * A one-time way in for the owner, good for ten minutes in any browser. For the terminal of whoever runs the
 * installation: the link is told to nobody else and is not stored.
 */
export async function createSignInLink({ db, now, settings }: Context, ownerId: string): Promise<string> {
  const token = newToken()
  await SignInToken.query(db).insert({
    owner_id: ownerId,
    token_hash: hashToken(token),
    created_at: now(),
    expires_at: new Date(now().getTime() + LINK_MS),
  })
  return `${settings.appUrl}/sign-in/verify?token=${token}`
}

/** `elsewhere`: it was mailed for another browser, and stays good there. `closed`: sign-up is. */
export type LinkState = 'valid' | 'used' | 'expired' | 'unknown' | 'elsewhere' | 'closed'

/** A link as somebody came with it. */
export interface PresentedLink {
  readonly token: string
  /** Of the cookie of this browser, if it has one. */
  readonly browserToken: string | null
}

/** What a sign-in link is worth here. Consumes nothing: scanners open links before people do. */
export async function inspectSignInLink({ db, now }: Context, presented: PresentedLink): Promise<LinkState> {
  const row = await SignInToken.query(db).findOne({ token_hash: hashToken(presented.token) })
  if (!row) return 'unknown'
  if (row.used_at) return 'used'
  if (row.expires_at <= now()) return 'expired'
  return row.browser_hash === null || row.browser_hash === browserHash(presented) ? 'valid' : 'elsewhere'
}

export interface SignInRequest extends PresentedLink {
  readonly userAgent: string
  /** Of the session that this browser has until now, if any: it ends with the new one's beginning. */
  readonly sessionToken?: string | null
}

export interface NewSession {
  /** For the cookie; only its hash is kept. */
  readonly sessionToken: string
  readonly sessionId: string
  readonly ownerId: string
  readonly expiresAt: Date
}

/**
 * Uses a sign-in link up and begins a session. An address that is new becomes an owner by it.
 */
export async function signIn(
  context: Context,
  presented: SignInRequest,
): Promise<NewSession | Exclude<LinkState, 'valid'>> {
  const session = await context.db.transaction((trx) => exchange({ ...context, db: trx }, presented))
  if (session) return session
  const state = await inspectSignInLink(context, presented)
  return state === 'valid' ? 'used' : state
}

/** Token, owner and sessions change in one commit: a link is never used up for nothing. */
async function exchange(context: Context, presented: SignInRequest): Promise<NewSession | 'closed' | null> {
  const { db, now } = context
  const [used] = await SignInToken.query(db)
    .where({ token_hash: hashToken(presented.token), used_at: null })
    .where('expires_at', '>', now())
    .where((here) => here.whereNull('browser_hash').orWhere('browser_hash', browserHash(presented)))
    .patch({ used_at: now() })
    .returning(['owner_id', 'email'])
  if (!used) return null
  // The installation may have been claimed since the link was mailed.
  if (used.email && !(await maySignIn(context, used.email))) return 'closed'

  const ownerId = used.owner_id ?? (await ownerOf(context, used.email ?? '')).id
  const sessionToken = newToken()
  const expiresAt = new Date(now().getTime() + SESSION_MS)
  const { id: sessionId } = await Session.query(db).insert({
    owner_id: ownerId,
    token_hash: hashToken(sessionToken),
    user_agent: presented.userAgent.slice(0, LONGEST_USER_AGENT),
    created_at: now(),
    expires_at: expiresAt,
  })
  if (presented.sessionToken) await signOut(context, presented.sessionToken)
  return { sessionToken, sessionId, ownerId, expiresAt }
}

async function ownerOf({ db }: Context, email: string): Promise<Owner> {
  return Owner.query(db).insert({ email }).onConflict('email').merge(['email']).returning('*')
}

/** An absent cookie fits no link that was mailed. */
const browserHash = ({ browserToken }: PresentedLink) => (browserToken ? hashToken(browserToken) : '')
