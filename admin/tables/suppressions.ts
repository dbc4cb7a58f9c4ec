import { Suppression } from '../../src/db/models/suppression.js'
import { type ScopedTable, shown, title } from '../scoped-table.js'

/** Addresses that are not written to, and why. */
export const suppressions: ScopedTable = {
  id: 'suppressions',
  model: Suppression,
  isOfConnection: false,
  columns: {
    id: shown('uuid'),
    address: title('string'),
    reason: shown('string'),
    suppressed_at: shown('datetime'),
  },
  search(rows, typed) {
    const beginning = typed
      .trim()
      .toLowerCase()
      .replace(/[\\%_]/g, '\\$&')
    rows.where('address', 'like', `${beginning}%`)
  },
}
