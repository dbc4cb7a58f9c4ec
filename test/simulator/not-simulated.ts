/** What was asked for and nobody has built: told at once, and in the end an error. */
export class NotSimulated {
  /** Such as `GET /v1/refunds`. */
  readonly asked: string[] = []
  /** Told of each at the moment. */
  onAsked: (what: string) => void = () => {}

  add(what: string): void {
    this.asked.push(what)
    this.onAsked(what)
  }

  /** For a test that asks on purpose: gives the list and empties it. */
  take(): string[] {
    return this.asked.splice(0)
  }

  /** Throws when something was asked for, so that a test that never looked fails too. */
  assertNone(provider: string): void {
    if (this.asked.length === 0) return
    throw new Error(`Asked of the simulated ${provider} and not simulated: ${[...new Set(this.take())].join(', ')}`)
  }
}
