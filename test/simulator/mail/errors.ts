/** An answer in the way Resend words its errors. Source: resend.com/docs/api-reference/errors. */
export class MailApiError extends Error {
  readonly status: number
  readonly title: string

  constructor(status: number, title: string, message: string) {
    super(message)
    this.status = status
    this.title = title
  }

  body(): { statusCode: number; name: string; message: string } {
    return { statusCode: this.status, name: this.title, message: this.message }
  }
}

export function invalid(message: string): MailApiError {
  return new MailApiError(422, 'validation_error', message)
}

export function notFound(kind: string): MailApiError {
  return new MailApiError(404, 'not_found', `${kind} not found`)
}

export function rateLimited(perSecond?: number): MailApiError {
  const limit = perSecond === undefined ? 'a limited number of' : perSecond
  return new MailApiError(
    429,
    'rate_limit_exceeded',
    `Too many requests. You can only make ${limit} requests per second. See rate limit response headers for more information. Or contact support to increase rate limit.`,
  )
}

/** Names that a fault can ask for beside the usual one of its status. */
const NAMED: Readonly<Record<string, string>> = {
  daily_quota_exceeded: 'You have exceeded your daily email sending quota.',
  monthly_quota_exceeded: 'You have exceeded your monthly email sending quota.',
}

/** What an injected fault of that status says; `name` where the status has several. */
export function faultBody(status: number, name?: string): unknown {
  if (name !== undefined) return new MailApiError(status, name, NAMED[name] ?? 'Simulated.').body()
  if (status === 429) return rateLimited().body()
  if (status === 503) return new MailApiError(status, 'service_unavailable', 'API is temporarily unavailable').body()
  return new MailApiError(status, 'application_error', 'An unexpected error occurred.').body()
}
