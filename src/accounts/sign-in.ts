import type { Context } from '../context.js'
import { Owner } from '../db/models/owner.js'
import { Session } from '../db/models/session.js'
import { SignInToken } from '../db/models/sign-in-token.js'
import { hashToken, newToken } from '../secrets/tokens.js'

const LINK_MS = 10 * 60_000
const SESSION_MS = 30 * 86_400_000

/**
 * A one-time way in for the owner, good for ten minutes. For the terminal of whoever runs the installation: the link is
 * told to nobody else and is not stored.
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

export type LinkState = 'valid' | 'used' | 'expired' | 'unknown'

/** What a sign-in link is worth. Consumes nothing: scanners open links before people do. */
export async function inspectSignInLink({ db, now }: Context, token: string): Promise<LinkState> {
  const row = await SignInToken.query(db).findOne({ token_hash: hashToken(token) })
  if (!row) return 'unknown'
  if (row.used_at) return 'used'
  return row.expires_at > now() ? 'valid' : 'expired'
}

/**
 * Uses a sign-in link up and begins a session.
 *
 * @returns the token for the cookie; only its hash is kept
 */
export async function signIn(
  context: Context,
  token: string,
): Promise<{ sessionToken: string; expiresAt: Date } | Exclude<LinkState, 'valid'>> {
  const session = await context.db.transaction((trx) => exchange({ ...context, db: trx }, token))
  if (session) return session
  const state = await inspectSignInLink(context, token)
  return state === 'valid' ? 'used' : state
}

/** Token and session change in one commit: a link is never used up for nothing. */
async function exchange({ db, now }: Context, token: string) {
  const [used] = await SignInToken.query(db)
    .where({ token_hash: hashToken(token), used_at: null })
    .where('expires_at', '>', now())
    .patch({ used_at: now() })
    .returning('owner_id')
  if (!used) return null

  const sessionToken = newToken()
  const expiresAt = new Date(now().getTime() + SESSION_MS)
  await Session.query(db).insert({
    owner_id: used.owner_id,
    token_hash: hashToken(sessionToken),
    created_at: now(),
    expires_at: expiresAt,
  })
  return { sessionToken, expiresAt }
}

/** The owner behind a session cookie; `null` when it is unknown, expired or revoked. */
export async function ownerOfSession({ db, now }: Context, sessionToken: string): Promise<Owner | null> {
  const session = await Session.query(db)
    .findOne({ token_hash: hashToken(sessionToken), revoked_at: null })
    .where('expires_at', '>', now())
  return session ? ((await Owner.query(db).findById(session.owner_id)) ?? null) : null
}

/** Ends the session for good: its cookie opens nothing any more, whoever kept it. */
export async function signOut({ db, now }: Context, sessionToken: string): Promise<void> {
  await Session.query(db)
    .where({ token_hash: hashToken(sessionToken), revoked_at: null })
    .patch({ revoked_at: now() })
}
