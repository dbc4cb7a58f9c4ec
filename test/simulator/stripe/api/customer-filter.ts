import type { Account } from '../account.js'
import { noSuch, parametersExclusive } from './errors.js'

interface CustomerParams {
  readonly customer?: string | undefined
  readonly customer_account?: string | undefined
}

/** The id by which a named customer is kept; undefined when none is named. Throws what Stripe says of unknown ones. */
export function namedCustomer(account: Account, params: CustomerParams): string | undefined {
  const { customer, customer_account } = params
  const { customerAccounts, customers } = account.store
  if (customer !== undefined && customer_account !== undefined)
    throw parametersExclusive('customer', 'customer_account')
  if (customer_account !== undefined) {
    const found = [...customerAccounts].find(([, id]) => id === customer_account)
    if (!found) throw noSuch('account', customer_account, 'customer_account')
    return found[0]
  }
  if (customer !== undefined && (!customers.get(customer) || customerAccounts.has(customer))) {
    throw noSuch('customer', customer, 'customer')
  }
  return customer
}
