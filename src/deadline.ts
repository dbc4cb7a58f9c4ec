/** What was waited for did not come in time. It may still happen. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/**
 * Waits for work, but not for ever. The work itself goes on; a fault of it after the deadline is dropped, because the
 * caller was told already.
 *
 * @param what begins the message, as in "Postgres did not answer within 5000 ms"
 * @throws DeadlineError after `ms`, or what the work throws before
 */
export async function withinTime<Result>(work: Promise<Result>, ms: number, what: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`${what} did not answer within ${ms} ms`)), ms)
  })
  work.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
