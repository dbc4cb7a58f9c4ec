import type Stripe from 'stripe'
import type { Account } from './account.js'
import { buildPortalSession } from './objects/portal-session.js'

const UNUSED_LIFE = 5 * 60_000
const IDLE_LIFE = 60 * 60_000

interface Kept {
  readonly session: Stripe.BillingPortal.Session
  readonly madeAt: number
  usedAt: number | undefined
}

export type NewPortalSession = Pick<Stripe.BillingPortal.Session, 'customer' | 'flow' | 'return_url' | 'locale'>

/** Portal sessions and their lives: five minutes unused, an hour after the last activity. */
export class PortalSessions {
  readonly #account: Account
  readonly #kept = new Map<string, Kept>()

  constructor(account: Account) {
    this.#account = account
  }

  get size(): number {
    return this.#kept.size
  }

  create(wanted: NewPortalSession): Stripe.BillingPortal.Session {
    const { baseUrl, clock, ids, livemode } = this.#account
    const id = ids.next('bps', wanted.customer)
    const token = `${livemode ? 'live' : 'test'}_${ids.next('token', id, 32).slice(6)}`
    const session = buildPortalSession({
      id,
      created: clock.seconds(),
      livemode,
      customer: wanted.customer,
      url: `${baseUrl}/p/session/${token}`,
      returnUrl: wanted.return_url,
      flow: wanted.flow,
      locale: wanted.locale,
    })
    this.#kept.set(token, { session, madeAt: clock.elapsed(), usedAt: undefined })
    return session
  }

  /** Counts as activity. */
  use(
    token: string,
  ): { readonly found: 'no' | 'expired' } | { readonly found: 'yes'; session: Stripe.BillingPortal.Session } {
    const kept = this.#kept.get(token)
    if (!kept) return { found: 'no' }
    const now = this.#account.clock.elapsed()
    const alive = kept.usedAt === undefined ? now - kept.madeAt <= UNUSED_LIFE : now - kept.usedAt <= IDLE_LIFE
    if (!alive) return { found: 'expired' }
    kept.usedAt = now
    return { found: 'yes', session: kept.session }
  }
}
