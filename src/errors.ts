/**
 * The three kinds of failure.
 *
 * - A business "no" that the caller branches on is a returned union, never thrown.
 * - A fault that no retry mends is a `PermanentError`: its job ends as failed at once.
 * - Anything else is thrown as it is and retried.
 */

/** A fault that no retry mends. The message says what to do about it and holds no secret and no address. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError'
}

/** A start that cannot go on. Told to the person at the terminal as it is, without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
