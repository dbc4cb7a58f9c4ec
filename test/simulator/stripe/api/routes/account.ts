import { onlyExpand } from '../params.js'
import { route } from '../route.js'

/** Needs a permission of its own: a restricted key made for our purpose has none. */
const retrieve = route('GET', '/v1/account', 'accounts_kyc_basic_read', onlyExpand, ({ account }) =>
  account.asStripeAccount(),
)

export const accountRoutes = [retrieve]
