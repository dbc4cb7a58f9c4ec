import type { Refusal } from '../billing/refusal.js'

/** An answer in the way Stripe words its errors. */
export class StripeApiError extends Error {
  readonly status: number
  readonly error: Readonly<Record<string, unknown>>
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    error: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(String(error.message))
    this.status = status
    this.error = error
    this.headers = headers
  }
}

/** Stripe would answer this and the simulator can't: whoever asked has to hear of it. */
export class NotSimulatedError extends StripeApiError {
  /** Such as `collection_method=send_invoice`. */
  readonly what: string

  constructor(what: string, param?: string) {
    super(400, {
      message: `Stripe knows this and the simulator does not: ${what}`,
      ...(param !== undefined && { param }),
      type: 'invalid_request_error',
    })
    this.what = what
  }
}

type More = Readonly<Record<string, unknown>>

function invalidRequest(status: number, message: string, more: More = {}, headers: Record<string, string> = {}) {
  return new StripeApiError(status, { message, ...more, type: 'invalid_request_error' }, headers)
}

/** A code comes with the address of its explanation. */
function coded(code: string): More {
  return { code, doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }
}

export function badRequest(message: string, param?: string): StripeApiError {
  return invalidRequest(400, message, param === undefined ? {} : { param })
}

/** The id in the path stands for nothing. */
export function resourceMissing(kind: string, id: string, param = kind): StripeApiError {
  return invalidRequest(404, `No such ${kind}: '${id}'`, { ...coded('resource_missing'), param })
}

/** A parameter names what is not there: unlike in the path that is the caller's mistake. */
export function noSuch(kind: string, id: string, param: string): StripeApiError {
  return invalidRequest(400, `No such ${kind}: '${id}'`, { ...coded('resource_missing'), param })
}

/** What billing refuses, as an answer. */
export function refused({ code, message, param }: Refusal): StripeApiError {
  const status = code === 'resource_missing' ? 404 : 400
  return invalidRequest(status, message, { ...(code && coded(code)), ...(param !== undefined && { param }) })
}

export function parameterMissing(param: string): StripeApiError {
  return invalidRequest(400, `Missing required param: ${param}.`, { ...coded('parameter_missing'), param })
}

export function parameterUnknown(param: string): StripeApiError {
  return invalidRequest(400, `Received unknown parameter: ${param}`, { ...coded('parameter_unknown'), param })
}

export function parameterEmpty(param: string): StripeApiError {
  return invalidRequest(
    400,
    `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
    { ...coded('parameter_invalid_empty'), param },
  )
}

export function parametersExclusive(first: string, second: string): StripeApiError {
  return invalidRequest(400, `You may only specify one of these parameters: ${first}, ${second}.`, { param: second })
}

export function parameterInvalid(message: string, param: string, code?: string): StripeApiError {
  return invalidRequest(400, message, { ...(code && coded(code)), param })
}

export function cannotExpand(path: string, instead?: string): StripeApiError {
  const hint = instead === undefined ? '' : ` You may want to try expanding '${instead}' instead.`
  return invalidRequest(400, `This property cannot be expanded (${path}).${hint}`)
}

export function expandedTooDeep(path: string, levels: number): StripeApiError {
  return invalidRequest(
    400,
    `You cannot expand more than ${levels} levels of a property. Property: ${path}`,
    coded('property_expansion_max_depth'),
  )
}

export function unrecognizedUrl(method: string, path: string): StripeApiError {
  return invalidRequest(
    404,
    `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
  )
}

export function wrongContentType(): StripeApiError {
  return invalidRequest(
    400,
    'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.',
  )
}

export function unknownVersion(version: string): StripeApiError {
  return invalidRequest(400, `Invalid Stripe API version: ${version}`)
}

export function noApiKey(): StripeApiError {
  return invalidRequest(
    401,
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
    {},
    { 'www-authenticate': 'Bearer realm="Stripe"' },
  )
}

export function invalidApiKey(key: string): StripeApiError {
  return invalidRequest(
    401,
    `Invalid API Key provided: ${masked(key)}`,
    {},
    { 'www-authenticate': 'Bearer realm="Stripe"' },
  )
}

export function expiredApiKey(key: string): StripeApiError {
  return invalidRequest(401, `Expired API Key provided: ${masked(key)}`, coded('api_key_expired'))
}

export function publishableKey(): StripeApiError {
  return invalidRequest(
    401,
    'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
    coded('secret_key_required'),
  )
}

/** Without Connect a key reaches its own account only. */
export function foreignAccount(key: string, account: string): StripeApiError {
  return invalidRequest(
    403,
    `The provided key '${masked(key)}' does not have access to account '${account}' (or that account does not exist). Application access may have been revoked.`,
    coded('account_invalid'),
  )
}

/** Stripe gives no code with it: only the text says which permission is missing. */
export function permissionMissing(key: string, account: string, permission: string): StripeApiError {
  return invalidRequest(
    403,
    `The provided key '${masked(key)}' does not have the required permissions for this endpoint on account '${account}'. Having the '${permission}' permission would allow this request to continue.`,
  )
}

export type RateLimitReason = 'global-rate' | 'endpoint-rate'

/** Source of the reasons: docs.stripe.com/rate-limits */
export function rateLimited(reason: RateLimitReason): StripeApiError {
  return invalidRequest(
    429,
    'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
    coded('rate_limit'),
    { 'retry-after': '1', 'stripe-rate-limited-reason': reason, 'stripe-should-retry': 'false' },
  )
}

export function idempotencyKeyTooLong(): StripeApiError {
  return invalidRequest(400, 'Idempotency keys can have up to 255 characters.')
}

export function idempotencyKeyReused(key: string): StripeApiError {
  return new StripeApiError(400, {
    message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    type: 'idempotency_error',
  })
}

export function idempotencyKeyInUse(key: string): StripeApiError {
  return invalidRequest(
    409,
    `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}.`,
    coded('idempotency_key_in_use'),
    { 'stripe-should-retry': 'true' },
  )
}

/** What an injected fault of that status says. */
export function faultBody(status: number): unknown {
  if (status === 429) return { error: rateLimited('global-rate').error }
  return { error: { message: 'An unknown error occurred (simulated)', type: 'api_error' } }
}

function masked(key: string): string {
  if (key.length <= 12) return key
  return `${key.slice(0, 8)}${'*'.repeat(Math.max(0, key.length - 12))}${key.slice(-4)}`
}
