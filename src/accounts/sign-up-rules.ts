import type { Context, Settings } from '../context.js'
import { Owner } from '../db/models/owner.js'
import { Workspace } from '../db/models/workspace.js'

type Rules = Pick<Context, 'db' | 'settings'>

/**
 * Whether an address may come in: whoever has a workspace, and of the others those whom the installation lets in. An
 * unclaimed installation takes anybody, as the first workspace claims it; a claimed one takes operators, the addresses
 * and domains of `ALLOWED_EMAILS`, or everybody under `OPEN_SIGN_UP=1`.
 *
 * @param email in lower case
 */
export async function maySignIn(rules: Rules, email: string): Promise<boolean> {
  if (isInvited(rules.settings, email)) return true
  const owner = await Owner.query(rules.db).findOne({ email })
  if (owner && (await Workspace.query(rules.db).findOne({ owner_id: owner.id }).select('id'))) return true
  return !(await isClaimed(rules))
}

/** Whether the installation has an operator: one who was named, or the owner of the first workspace. */
export async function isClaimed({ db, settings }: Rules): Promise<boolean> {
  if (settings.operatorEmails.length > 0) return true
  return (await Workspace.query(db).first().select('id')) !== undefined
}

/** Operators see what concerns the whole installation. */
export async function isOperator({ db, settings }: Rules, owner: Pick<Owner, 'id' | 'email'>): Promise<boolean> {
  if (settings.operatorEmails.length > 0) return settings.operatorEmails.includes(owner.email)
  const first = await Workspace.query(db).orderBy(['created_at', 'id']).first().select('owner_id')
  return first?.owner_id === owner.id
}

function isInvited({ allowedEmails, openSignUp, operatorEmails }: Settings, email: string): boolean {
  const domain = email.slice(email.lastIndexOf('@'))
  return openSignUp || operatorEmails.includes(email) || allowedEmails.includes(email) || allowedEmails.includes(domain)
}
