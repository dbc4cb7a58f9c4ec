import { expiredApiKey, invalidApiKey, noApiKey, permissionMissing, publishableKey } from './errors.js'

export interface ApiKey {
  readonly key: string
  /** Such as `rak_invoice_read`; `all` for an unrestricted key. */
  permissions: ReadonlySet<string> | 'all'
  readonly livemode: boolean
  expired: boolean
}

/** The API keys of one account: `rk_` restricted, `sk_` with every permission, `pk_` good for no call of ours. */
export class ApiKeys {
  readonly #keys = new Map<string, ApiKey>()
  readonly #account: { readonly id: string; readonly livemode: boolean }

  constructor(account: { readonly id: string; readonly livemode: boolean }) {
    this.#account = account
  }

  /** A key of the other mode is good, and finds that mode empty. One that names no mode has the account's. */
  add(key: string, permissions: readonly string[] | 'all'): ApiKey {
    if (key.startsWith('sk_') && permissions !== 'all') throw new Error('A secret key (sk_) has every permission')
    const mode = /^[a-z]+_(live|test)_/.exec(key)?.[1]
    const added: ApiKey = {
      key,
      permissions: permissions === 'all' ? 'all' : new Set(permissions.map(slug)),
      livemode: mode === undefined ? this.#account.livemode : mode === 'live',
      expired: false,
    }
    this.#keys.set(key, added)
    return added
  }

  /** From now on Stripe does not know it any more. */
  revoke(key: string): void {
    this.#keys.delete(key)
  }

  /** Rolled by its owner, or past its date: Stripe says so. */
  expire(key: string): void {
    const found = this.#keys.get(key)
    if (found) found.expired = true
  }

  list(): readonly ApiKey[] {
    return [...this.#keys.values()]
  }

  /** Bearer, or Basic with the key as user name. Throws what Stripe answers. */
  authenticate(authorization: string | undefined): ApiKey {
    const [scheme, value = ''] = (authorization ?? '').split(' ')
    const given =
      scheme === 'Bearer' ? value : scheme === 'Basic' ? Buffer.from(value, 'base64').toString().split(':')[0]! : ''
    if (given === '') throw noApiKey()
    const key = this.#keys.get(given)
    if (!key) throw invalidApiKey(given)
    if (key.expired) throw expiredApiKey(given)
    if (given.startsWith('pk_')) throw publishableKey()
    return key
  }

  /** Writing implies reading. */
  demand(key: ApiKey, permission: string): void {
    if (key.permissions === 'all') return
    const wanted = slug(permission)
    const write = wanted.replace(/_read$/, '_write')
    if (!key.permissions.has(wanted) && !key.permissions.has(write)) {
      throw permissionMissing(key.key, this.#account.id, wanted)
    }
  }
}

function slug(permission: string): string {
  return permission.startsWith('rak_') ? permission : `rak_${permission}`
}
