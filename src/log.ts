import { type Logger, pino } from 'pino'
import type { LogLevel } from './config.js'

export type Log = Logger

/**
 * What must never be read in a log: Stripe and Resend keys, signing secrets, recovery and webhook tokens in paths,
 * tokens in queries, credentials in URLs, and addresses of people.
 */
const SECRETS: [RegExp, string][] = [
  [/\b(sk|rk|pk|whsec|re)_[A-Za-z0-9_+/=-]{6,}/g, '$1_[redacted]'],
  [/(\/(?:r|webhooks\/(?:stripe|resend))\/)[\w-]{16,}/g, '$1[redacted]'],
  [/([?&](?:token|code)=)[\w-]+/g, '$1[redacted]'],
  [/(\w+:\/\/[^\s:/@"]*:)[^\s@"]+@/g, '$1[redacted]@'],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '[address]'],
]

/** Takes every secret and address out of a line. */
export function scrub(line: string): string {
  return SECRETS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line)
}

/**
 * One JSON line an entry, on standard output. Callers log ids; the scrubbing of the finished line is the net below.
 * Of an error only kind, message, code and stack are kept: Postgres puts values of rows into its other fields.
 */
export function createLog(level: LogLevel, destination: { write(line: string): void } = process.stdout): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      redact: ['*.email', '*.token', '*.secret', '*.payload', 'email', 'token', 'secret', 'payload', 'headers'],
      hooks: { streamWrite: scrub },
    },
    destination,
  )
}

function describeError(error: unknown) {
  if (!(error instanceof Error)) return { message: String(error) }
  const code = (error as { code?: unknown }).code
  return {
    kind: error.name,
    message: error.message,
    code: typeof code === 'string' ? code : undefined,
    stack: error.stack,
  }
}
