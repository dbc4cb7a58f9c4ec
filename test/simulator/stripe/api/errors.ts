/** An answer in the way Stripe words its errors. */
export class StripeApiError extends Error {
  readonly status: number
  readonly error: Readonly<Record<string, unknown>>

  constructor(status: number, error: Readonly<Record<string, unknown>>) {
    super(String(error.message))
    this.status = status
    this.error = error
  }
}

function invalidRequest(status: number, message: string, more: Record<string, unknown> = {}): StripeApiError {
  return new StripeApiError(status, { message, ...more, type: 'invalid_request_error' })
}

export function badRequest(message: string, param?: string): StripeApiError {
  return invalidRequest(400, message, param === undefined ? {} : { param })
}

export function resourceMissing(kind: string, id: string, param = kind): StripeApiError {
  return invalidRequest(404, `No such ${kind}: '${id}'`, {
    code: 'resource_missing',
    doc_url: doc('resource-missing'),
    param,
  })
}

export function parameterMissing(param: string): StripeApiError {
  return invalidRequest(400, `Missing required param: ${param}.`, {
    code: 'parameter_missing',
    doc_url: doc('parameter-missing'),
    param,
  })
}

export function parameterUnknown(param: string): StripeApiError {
  return invalidRequest(400, `Received unknown parameter: ${param}`, {
    code: 'parameter_unknown',
    doc_url: doc('parameter-unknown'),
    param,
  })
}

export function parameterInvalid(message: string, param: string, code?: string): StripeApiError {
  return invalidRequest(400, message, { ...(code && { code, doc_url: doc(code.replaceAll('_', '-')) }), param })
}

export function unrecognizedUrl(method: string, path: string): StripeApiError {
  return invalidRequest(
    404,
    `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
  )
}

export function noApiKey(): StripeApiError {
  return invalidRequest(
    401,
    'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth.',
  )
}

export function invalidApiKey(key: string): StripeApiError {
  return invalidRequest(401, `Invalid API Key provided: ${masked(key)}`)
}

/** Stripe gives no code with it: only the text says which permission is missing. */
export function permissionMissing(key: string, account: string, permission: string): StripeApiError {
  return invalidRequest(
    403,
    `The provided key '${masked(key)}' does not have the required permissions for this endpoint on account '${account}'. Having the '${permission}' permission would allow this request to continue.`,
  )
}

export function rateLimited(): StripeApiError {
  return invalidRequest(
    429,
    'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
    {
      code: 'rate_limit',
      doc_url: doc('rate-limit'),
    },
  )
}

/** What an injected fault of that status says. */
export function faultBody(status: number): unknown {
  if (status === 429) return { error: rateLimited().error }
  return { error: { message: 'An unknown error occurred (simulated)', type: 'api_error' } }
}

function masked(key: string): string {
  if (key.length <= 12) return key
  return `${key.slice(0, 8)}${'*'.repeat(Math.max(0, key.length - 12))}${key.slice(-4)}`
}

function doc(code: string): string {
  return `https://stripe.com/docs/error-codes/${code}`
}
