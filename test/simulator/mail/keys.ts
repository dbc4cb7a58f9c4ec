import { domainOf } from './addresses.js'
import { MailApiError } from './errors.js'

export type Access = 'full_access' | 'sending_access'

export interface MailKey {
  readonly access: Access
  /** The only domain that it may send from. */
  readonly domain: string | null
}

/** The key of a call, or the error that Resend answers. */
export function authenticate(keys: ReadonlyMap<string, MailKey>, authorization: string): MailKey {
  const given = authorization.replace(/^Bearer /, '')
  if (given === '') throw new MailApiError(401, 'missing_api_key', 'Missing API key in the authorization header')
  const key = keys.get(given)
  // The reference names 403 and `invalid_api_key`; the API itself was seen to answer this.
  if (!key) throw new MailApiError(401, 'validation_error', 'API key is invalid')
  return key
}

/** Keys that may only send can neither list nor look up nor change. */
export function demandFullAccess(key: MailKey): void {
  if (key.access === 'full_access') return
  throw new MailApiError(401, 'restricted_api_key', 'This API key is restricted to only send emails')
}

export function demandDomain(key: MailKey, from: string): void {
  const domain = domainOf(from)
  if (key.domain === null || key.domain === domain) return
  throw new MailApiError(403, 'validation_error', `This API key is not authorized to send emails from ${domain}`)
}
