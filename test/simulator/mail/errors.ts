/** An answer in the way Resend words its errors. */
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

/** What an injected fault of that status says. */
export function faultBody(status: number): unknown {
  if (status === 429) return rateLimited().body()
  const message = 'An unexpected error occurred (simulated).'
  return new MailApiError(status, status >= 500 ? 'internal_server_error' : 'application_error', message).body()
}

export function rateLimited(): MailApiError {
  return new MailApiError(
    429,
    'rate_limit_exceeded',
    'Too many requests. You can only make a limited number of requests per second. See rate limit response headers for more information. Or contact support to increase rate limit.',
  )
}
