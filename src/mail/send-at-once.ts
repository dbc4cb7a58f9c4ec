import type { Log } from '../log.js'
import type { DeliveryResult, Mailer, OutgoingMail } from './mailer.js'

const TRIES = 3
const WAIT_MS = 1_000
/** What the provider wants to put off longer is asked for again by the person who waits. */
const LONGEST_WAIT_MS = 5_000

export type SentAtOnce =
  | { readonly kind: 'sent' }
  /** The mail itself: another try would end the same. */
  | { readonly kind: 'refused'; readonly reason: string }
  | Exclude<DeliveryResult, { kind: 'answered' }>

interface Waiting {
  readonly log: Log
  wait(ms: number): Promise<void>
}

/**
 * Sends one mail that somebody waits for, past the deliveries. A call whose fate is unknown is repeated under its key, so
 * that one mail is sent.
 */
export async function sendAtOnce(
  { log, wait }: Waiting,
  mailer: Mailer,
  mail: OutgoingMail,
  key: string,
): Promise<SentAtOnce> {
  for (let tries = 1; ; tries += 1) {
    const result = await mailer.send([mail], key)
    if (result.kind === 'answered') {
      const [answer] = result.mails
      if (answer?.accepted) return { kind: 'sent' }
      return { kind: 'refused', reason: answer?.reason ?? 'The provider did not name this mail' }
    }
    log.warn({ reason: result.reason, tries }, 'a mail that somebody waits for was not taken')
    if (tries === TRIES || isForLater(result)) return result
    await wait(result.kind === 'not_accepted' && result.isThrottled ? result.retryAfterMs : WAIT_MS)
  }
}

/** What is refused somebody has to mend first. */
const isForLater = (result: DeliveryResult) =>
  result.kind === 'not_accepted' && (result.refuses !== undefined || result.retryAfterMs > LONGEST_WAIT_MS)
