import { invalidApiKey, noApiKey, permissionMissing } from './errors.js'

export interface ApiKey {
  readonly key: string
  /** Such as `rak_invoice_read`; `all` for an unrestricted key. */
  permissions: ReadonlySet<string> | 'all'
}

/** The API keys of one account. */
export class ApiKeys {
  readonly #keys = new Map<string, ApiKey>()
  readonly #account: string

  constructor(account: string) {
    this.#account = account
  }

  add(key: string, permissions: readonly string[] | 'all'): ApiKey {
    const added: ApiKey = { key, permissions: permissions === 'all' ? 'all' : new Set(permissions.map(slug)) }
    this.#keys.set(key, added)
    return added
  }

  /** From now on Stripe does not know it any more. */
  revoke(key: string): void {
    this.#keys.delete(key)
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
    return key
  }

  /** Writing implies reading. */
  demand(key: ApiKey, permission: string): void {
    if (key.permissions === 'all') return
    const wanted = slug(permission)
    const write = wanted.replace(/_read$/, '_write')
    if (!key.permissions.has(wanted) && !key.permissions.has(write)) {
      throw permissionMissing(key.key, this.#account, wanted)
    }
  }
}

function slug(permission: string): string {
  return permission.startsWith('rak_') ? permission : `rak_${permission}`
}
