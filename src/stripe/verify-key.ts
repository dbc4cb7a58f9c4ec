import { setTimeout as sleep } from 'node:timers/promises'
import Stripe from 'stripe'
import { DeadlineError, withinTime } from '../deadline.js'
import { stripeRefusal } from './client.js'
import { PERMISSIONS, type Permission } from './permissions.js'

/** Why Stripe said neither yes nor no. */
export type Hindrance = 'slow' | 'down' | 'rate_limited' | 'portal_not_configured' | 'unclear'

/** One row of the capability matrix. */
export interface Capability {
  /** Slug, as in `PERMISSIONS`. */
  readonly permission: string
  readonly result: 'works' | 'missing' | 'unknown'
  /** Why it is not known. */
  readonly because: Hindrance | null
}

/** What Stripe said to a key. */
export type KeyVerdict =
  /** Stripe does not know the key: mistyped, revoked, or past its date. */
  { readonly kind: 'rejected'; readonly expired: boolean } | ExaminedKey

export interface ExaminedKey {
  /**
   * `accepted`: every required permission works. `lacking`: a required one is missing. `unanswered`: Stripe did not
   * tell of all required ones.
   */
  readonly kind: 'accepted' | 'lacking' | 'unanswered'
  readonly capabilities: readonly Capability[]
  /** `null` where Stripe did not tell. */
  readonly accountId: string | null
  readonly accountName: string | null
}

/** Somebody waits for the page: all probes together have this long, and each a part of it. */
const PATIENCE_MS = 9_500
const PROBE_MS = 3_000
/** Far below the 25 calls a second of a sandbox. */
const AT_ONCE = 6
const LONGEST_RETRY_MS = 2_000

/**
 * Asks Stripe for each permission by a harmless call. Ends within ten seconds; what Stripe did not answer by then is
 * not known.
 */
export async function verifyKey(stripe: Stripe): Promise<KeyVerdict> {
  const asking: Asking = { stripe, endsAt: Date.now() + PATIENCE_MS, rejected: null }
  const results = new Map<string, Omit<Capability, 'permission'>>()
  const account = { id: null as string | null, name: null as string | null }
  await inTurn([
    async () => Object.assign(account, await askForAccount(asking)),
    ...PERMISSIONS.map((permission) => async () => {
      results.set(permission.slug, await tryPermission(asking, permission))
    }),
  ])
  if (asking.rejected) return { kind: 'rejected', expired: asking.rejected.code === 'api_key_expired' }

  const capabilities = PERMISSIONS.map(({ slug }) => ({ permission: slug, ...(results.get(slug) ?? notKnown('slow')) }))
  const required = PERMISSIONS.filter((permission) => permission.required).map(({ slug }) => slug)
  const anyRequired = (result: Capability['result']) =>
    capabilities.some((one) => required.includes(one.permission) && one.result === result)
  const kind = anyRequired('missing') ? 'lacking' : anyRequired('unknown') ? 'unanswered' : 'accepted'
  return { kind, capabilities, accountId: account.id, accountName: account.name }
}

interface Asking {
  readonly stripe: Stripe
  /** By the machine's clock. */
  readonly endsAt: number
  /** Once Stripe does not know the key, nothing more is asked. */
  rejected: Stripe.errors.StripeError | null
}

async function tryPermission(asking: Asking, permission: Permission): Promise<Omit<Capability, 'permission'>> {
  try {
    await inTime(asking, (options) => permission.probe(asking.stripe, options))
    return { result: 'works', because: null }
  } catch (error) {
    if (error instanceof DeadlineError) return notKnown('slow')
    switch (stripeRefusal(error)) {
      case 'not_found':
        return { result: 'works', because: null }
      case 'permission_missing':
        return { result: 'missing', because: null }
      case 'rate_limited':
        return notKnown('rate_limited')
      case 'unreachable':
        return notKnown(isTimeout(error) ? 'slow' : 'down')
      case 'key_rejected':
        asking.rejected = error as Stripe.errors.StripeError
        return notKnown('unclear')
      case 'refused':
        // Parameters and settings can be checked before the permission is: this tells nothing of it.
        return notKnown(isPortalSetting(error) ? 'portal_not_configured' : 'unclear')
      case null:
        throw error
    }
  }
}

const notKnown = (because: Hindrance) => ({ result: 'unknown' as const, because })

/** `GET /v1/account` needs a permission that we don't ask for; the refusal names the account all the same. */
async function askForAccount(asking: Asking): Promise<{ id?: string; name?: string | null }> {
  try {
    const account = await inTime(asking, (options) => asking.stripe.accounts.retrieveCurrent({}, options))
    return { id: account.id, name: account.business_profile?.name ?? account.settings?.dashboard.display_name ?? null }
  } catch (error) {
    const refusal = error instanceof DeadlineError ? 'unreachable' : stripeRefusal(error)
    if (refusal === null) throw error
    if (refusal === 'key_rejected') asking.rejected = error as Stripe.errors.StripeError
    const id = refusal === 'permission_missing' && /\bacct_\w+/.exec((error as Error).message)?.[0]
    return id ? { id } : {}
  }
}

/** A call with what is left of the patience; one that was too many is made once more when Stripe says soon. */
async function inTime<Answer>(
  asking: Asking,
  call: (options: Stripe.RequestOptions) => Promise<Answer>,
  mayRepeat = true,
): Promise<Answer> {
  if (asking.rejected) throw asking.rejected
  const timeout = Math.min(PROBE_MS, asking.endsAt - Date.now())
  if (timeout <= 0) throw new DeadlineError('Stripe did not answer in time')
  try {
    return await withinTime(call({ timeout }), timeout, 'Stripe')
  } catch (error) {
    const wait =
      mayRepeat && stripeRefusal(error) === 'rate_limited' ? retryAfter(error as Stripe.errors.StripeError) : 0
    if (wait === 0 || wait > LONGEST_RETRY_MS || Date.now() + wait > asking.endsAt) throw error
    await sleep(wait)
    return inTime(asking, call, false)
  }
}

/** Milliseconds. */
const retryAfter = ({ headers }: Stripe.errors.StripeError) => Number(headers?.['retry-after'] ?? 1) * 1_000

const isTimeout = (error: unknown) =>
  error instanceof Stripe.errors.StripeConnectionError && /timeout/.test(error.message)
const isPortalSetting = (error: unknown) => /default configuration has not been created/.test((error as Error).message)

async function inTurn(tasks: (() => Promise<unknown>)[]): Promise<void> {
  const waiting = [...tasks]
  const work = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) await task()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}
