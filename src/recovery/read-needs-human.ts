import type { Context } from '../context.js'
import { countNeedsHuman, type HumanNeed, needsHuman } from '../db/queries/needs-human.js'

export interface HumanNeeds {
  /** The most pressing first. */
  readonly needs: readonly HumanNeed[]
  /** How many there are in all. */
  readonly total: number
}

/** What only a human can do for a connection, as far as a page shows it. */
export async function readNeedsHuman(
  { db, now }: Context,
  workspaceId: string,
  connectionId: string,
  limit: number,
): Promise<HumanNeeds> {
  const scope = { workspaceId, connectionId, now: now() }
  const needs = await needsHuman(db, scope, limit)
  return { needs, total: needs.length < limit ? needs.length : await countNeedsHuman(db, scope) }
}
