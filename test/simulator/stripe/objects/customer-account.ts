type Json = Record<string, unknown>

/**
 * A customer may be known by the id of an account alone: what belongs to it names no customer then. Gives a copy in
 * which that is so, for customers that `accounts` (by customer id) has; inside the simulator all are kept by customer id.
 * Source: docs.stripe.com/accounts-v2/use-accounts-as-customers
 */
export function namedByAccount<T>(value: T, accounts: ReadonlyMap<string, string>): T {
  return accounts.size === 0 ? value : (renamed(value, accounts) as T)
}

function renamed(value: unknown, accounts: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, accounts))
  if (typeof value !== 'object' || value === null) return value
  const copy: Json = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, renamed(inner, accounts)]))
  const account = typeof copy.customer === 'string' ? accounts.get(copy.customer) : undefined
  if (account === undefined) return copy
  copy.customer = null
  if ('customer_account' in copy) copy.customer_account = account
  return copy
}
