import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { narrowToSearch } from '../../src/db/queries/case-list.js'
import { filtered, type ScopedTable, shown, sorted, title } from '../scoped-table.js'

/** Recovery cases: who owes what, and how it stands. Neither the link nor its hash. */
export const cases: ScopedTable = {
  id: 'cases',
  model: RecoveryCase,
  isOfConnection: true,
  columns: {
    id: filtered('uuid'),
    customer_name: title('string'),
    customer_email: shown('string'),
    invoice_number: filtered('string'),
    stripe_invoice_id: filtered('string'),
    plan_label: shown('string'),
    currency: filtered('string'),
    exposure: shown('number'),
    outcome: filtered('string'),
    opened_at: { ...sorted('datetime'), isFiltered: false },
    closed_at: shown('datetime'),
  },
  search: narrowToSearch,
}
