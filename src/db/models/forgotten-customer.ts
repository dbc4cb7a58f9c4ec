import { Row } from './row.js'

/** A customer of whom nothing personal is kept. The id is Stripe's, and says nothing outside of its account. */
export class ForgottenCustomer extends Row {
  static override tableName = 'forgotten_customers'
  static override idColumn = ['workspace_id', 'stripe_customer_id']
  declare workspace_id: string
  declare stripe_customer_id: string
  declare forgotten_at: Date
}
