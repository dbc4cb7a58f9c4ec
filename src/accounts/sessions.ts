import type { Context } from '../context.js'
import { Owner } from '../db/models/owner.js'
import { Session } from '../db/models/session.js'
import { hashToken } from '../secrets/tokens.js'

/** Writing at each request would cost more than the minute is worth. */
const SEEN_EVERY_MS = 60_000
/** So long a browser may stay away before its owner signs in anew. */
const IDLE_MS = 7 * 86_400_000

/** Who is signed in, and in which browser. */
export interface SignedIn {
  readonly owner: Owner
  readonly session: Session
}

const living = ({ db, now }: Context) =>
  Session.query(db)
    .whereNull('revoked_at')
    .where('expires_at', '>', now())
    .whereRaw('coalesce(seen_at, created_at) > ?', [new Date(now().getTime() - IDLE_MS)])

/** The owner behind a session cookie; `null` when it is unknown, expired, unused for a week or revoked. */
export async function findSession(context: Context, sessionToken: string): Promise<SignedIn | null> {
  const session = await living(context).findOne({ token_hash: hashToken(sessionToken) })
  const owner = session && (await Owner.query(context.db).findById(session.owner_id))
  if (!session || !owner) return null
  const now = context.now()
  if (now.getTime() - (session.seen_at ?? session.created_at).getTime() > SEEN_EVERY_MS) {
    await session.$query(context.db).patch({ seen_at: now })
  }
  return { owner, session }
}

/** The browsers in which an owner is signed in, the latest first. */
export async function listSessions(context: Context, ownerId: string): Promise<Session[]> {
  return living(context).where({ owner_id: ownerId }).orderByRaw('coalesce(seen_at, created_at) desc').orderBy('id')
}

/** Signs one browser of this owner out; another owner's is left alone. Running it twice changes nothing. */
export async function revokeSession(context: Context, ownerId: string, sessionId: string): Promise<void> {
  await living(context).where({ owner_id: ownerId, id: sessionId }).patch({ revoked_at: context.now() })
}

/** Signs all browsers of an owner out, but for one that is kept. */
export async function revokeSessions(context: Context, ownerId: string, keptId?: string): Promise<void> {
  await living(context)
    .where({ owner_id: ownerId })
    .modify((query) => {
      if (keptId) void query.whereNot({ id: keptId })
    })
    .patch({ revoked_at: context.now() })
}

/** Ends the session for good: its cookie opens nothing any more, whoever kept it. */
export async function signOut(context: Context, sessionToken: string): Promise<void> {
  await living(context)
    .where({ token_hash: hashToken(sessionToken) })
    .patch({ revoked_at: context.now() })
}
