import type { Db } from '../../src/db/knex.js'

/**
 * From receipt of the webhook that opened a case until the provider took its first mail: milliseconds, ascending, of every
 * case since then whose first mail was taken.
 */
export async function firstTouchTimes(db: Db, since = new Date(0)): Promise<Float64Array> {
  const rows: { ms: number }[] = await db('touches as touch')
    .join('recovery_cases as case', 'case.id', 'touch.case_id')
    .where({ 'touch.step': 0 })
    .whereNotNull('touch.sent_at')
    .where('case.received_at', '>=', since)
    .select(db.raw('(extract(epoch from touch.sent_at - "case".received_at) * 1000)::float as ms'))
  return Float64Array.from(rows, ({ ms }) => ms).sort()
}
