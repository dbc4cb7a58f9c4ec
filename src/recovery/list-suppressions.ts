import type { Context } from '../context.js'
import { Suppression } from '../db/models/suppression.js'
import { isHashed } from './suppressions.js'

/** An address that a workspace does not write to. */
export interface SuppressedAddress {
  readonly id: string
  /** `null`: its owner was forgotten, and only a hash is kept. */
  readonly address: string | null
  readonly reason: Suppression['reason']
  readonly since: Date
}

export interface SuppressionsPage {
  /** Newest first. */
  readonly suppressions: readonly SuppressedAddress[]
  /** Where the next page begins; `null`: this is the last one. */
  readonly next: string | null
  /** Of the whole list. */
  readonly total: number
}

/**
 * One page of a workspace's suppression list.
 *
 * @param after `next` of the page before; it holds though that row was removed meanwhile
 */
export async function listSuppressions(
  { db }: Context,
  workspaceId: string,
  { limit, after = null }: { readonly limit: number; readonly after?: string | null },
): Promise<SuppressionsPage> {
  const ofWorkspace = () => Suppression.query(db).where({ workspace_id: workspaceId })
  const page = ofWorkspace()
    .orderBy([
      { column: 'suppressed_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(limit + 1)
  const place = after === null ? null : PLACE.exec(after)
  if (place) page.whereRaw('(suppressed_at, id) < (?, ?)', [new Date(Number(place[1])), String(place[2])])
  const [found, total] = await Promise.all([page, ofWorkspace().resultSize()])
  const last = found.length > limit ? found[limit - 1] : undefined
  return {
    suppressions: found.slice(0, limit).map(({ id, address, reason, suppressed_at }) => ({
      id,
      address: isHashed(address) ? null : address,
      reason,
      since: suppressed_at,
    })),
    next: last ? `${last.suppressed_at.getTime()}_${last.id}` : null,
    total,
  }
}

const PLACE = /^(\d{1,15})_([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/
