import { type ErrorResponse, Resend, type Response } from 'resend'
import type { MailConfig } from '../config.js'

const RESEND_API = 'https://api.resend.com'
const TIMEOUT_MS = 15_000
/** An error that names no fault: of Resend itself, or of something before it. */
export const UNNAMED = 'application_error'

/**
 * The SDK waits for ever and gives every network fault the same name. This one gives up after a while and names the
 * cause, because "never connected" may be planned anew while "cut off" must be repeated under its key.
 */
export class CarefulResend extends Resend {
  private readonly base: string

  constructor({ apiKey, baseUrl }: Pick<MailConfig, 'apiKey' | 'baseUrl'>) {
    const base = baseUrl ?? RESEND_API
    super(apiKey, { baseUrl: base })
    this.base = base
  }

  override async fetchRequest<T>(path: string, options: RequestInit = {}): Promise<Response<T>> {
    try {
      // A redirect would take mails, with their addresses and links, to whoever is named there.
      const response = await fetch(`${this.base}${path}`, {
        ...options,
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      const headers = Object.fromEntries(response.headers.entries())
      if (response.ok) return { data: (await response.json()) as T, error: null, headers }
      return failure(response.status, nameOf(await response.text()), headers)
    } catch (error) {
      return failure(null, faultOf(error), null)
    }
  }
}

function failure(statusCode: number | null, name: string, headers: Record<string, string> | null) {
  return { data: null, error: { name: name as ErrorResponse['name'], message: name, statusCode }, headers }
}

/** The name of Resend's error; its message may repeat an address and is left behind. */
function nameOf(body: string): string {
  const name = /"name"\s*:\s*"(\w+)"/.exec(body)?.[1]
  return name ?? UNNAMED
}

/** What `fetch` puts below "fetch failed": the system's code, or the kind of error (`TimeoutError`, `SyntaxError`). */
function faultOf(error: unknown): string {
  const cause = (error as { cause?: { code?: unknown } }).cause
  return typeof cause?.code === 'string' ? cause.code : error instanceof Error ? error.name : 'Error'
}
