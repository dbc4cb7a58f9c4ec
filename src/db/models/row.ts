import { Model } from 'objection'

/**
 * A row. Columns are declared, never initialised: a class field would write `undefined` over what the database says.
 * Every query names its connection: `Workspace.query(db)`.
 */
export class Row extends Model {
  static override get useLimitInFirst() {
    return true
  }
}
