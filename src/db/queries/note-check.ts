import type { Db } from '../knex.js'
import type { SystemCheck, SystemCheckName } from '../models/system-check.js'

/** What a look at one thing came to. */
export interface Looked {
  readonly state: SystemCheck['state']
  /** `null`: nothing is wrong. */
  readonly because: string | null
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Notes how a thing stands; since when, as long as state and reason stay the same. */
export async function noteCheck(
  db: Db,
  { name, workspaceId }: { workspaceId: string; name: SystemCheckName },
  { because, detail = {}, state }: Looked,
  now: Date,
): Promise<void> {
  await db.raw(
    `insert into system_checks as known (workspace_id, name, state, because, detail, since, checked_at)
     select id, ?, ?, ?, ?::json, ?::timestamptz, ?::timestamptz from workspaces where id = ?
     on conflict (workspace_id, name) do update set
       since = case when (known.state, known.because) is not distinct from (excluded.state, excluded.because)
         then known.since else excluded.since end,
       state = excluded.state, because = excluded.because, detail = excluded.detail, checked_at = excluded.checked_at`,
    [name, state, because, JSON.stringify(detail), now, now, workspaceId] as never,
  )
}
