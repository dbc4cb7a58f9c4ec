import type { Db } from '../db/knex.js'
import { Suppression } from '../db/models/suppression.js'
import { hashToken } from '../secrets/tokens.js'

/** Stops mail to an address. The first reason stays; running it twice changes nothing. */
export async function suppress(
  db: Db,
  suppression: { workspaceId: string; address: string; reason: Suppression['reason']; at: Date },
): Promise<void> {
  const { workspaceId, address, reason, at } = suppression
  if ((await suppressedAmong(db, workspaceId, [address])).size > 0) return
  await Suppression.query(db)
    .insert({ workspace_id: workspaceId, address: address.toLowerCase(), reason, suppressed_at: at })
    .onConflict(['workspace_id', 'address'])
    .ignore()
}

/** Those of the addresses that must not be written to, as they were given. */
export async function suppressedAmong(db: Db, workspaceId: string, addresses: readonly string[]): Promise<Set<string>> {
  if (addresses.length === 0) return new Set()
  const forms = addresses.flatMap((address) => [address.toLowerCase(), hashOf(address)])
  const rows = await Suppression.query(db).where({ workspace_id: workspaceId }).whereIn('address', forms)
  const found = new Set(rows.map(({ address }) => address))
  return new Set(addresses.filter((address) => found.has(address.toLowerCase()) || found.has(hashOf(address))))
}

/** Keeps that an address must not be written to, and not the address. */
export async function forgetSuppressed(trx: Db, workspaceId: string, addresses: readonly string[]): Promise<void> {
  for (const address of new Set(addresses)) {
    await Suppression.query(trx)
      .where({ workspace_id: workspaceId, address: address.toLowerCase() })
      .patch({ address: hashOf(address) })
  }
}

const HASHED = 'sha256:'
const hashOf = (address: string) => `${HASHED}${hashToken(address.toLowerCase())}`

/** Whether only the hash of an address is kept, because its owner was forgotten. */
export const isHashed = (address: string) => address.startsWith(HASHED)
