import { SCANNER_WORDS } from './scanners.js'

/** What a request for a recovery link says of who sent it. */
export interface LinkRequest {
  readonly userAgent: string
  /** Of the headers that say what for: `Sec-Purpose`, `Purpose`, `X-Purpose`, `X-Moz`. */
  readonly purpose: string
}

/** `opened`: by a person, as far as anybody can tell. The others are fetches, which prove nothing. */
export type LinkVisit = 'opened' | 'machine' | 'too_soon'

/** Gateways look at the links of a mail as it comes in, with the user agent of a browser: nobody reads that fast. */
const TOO_SOON_MS = 10_000

/**
 * What a GET of a recovery link was. HEAD is always a machine's.
 *
 * @param mailAcceptedAt when the mail provider took the newest mail about the case; `null`: there was none
 */
export function visitOf(request: LinkRequest, at: Date, mailAcceptedAt: Date | null): LinkVisit {
  if (isByMachine(request)) return 'machine'
  return mailAcceptedAt !== null && isTooSoon(at, mailAcceptedAt) ? 'too_soon' : 'opened'
}

/** Whether somebody opened or followed something sooner after a mail than anybody reads. */
export const isTooSoon = (at: Date, mailAt: Date) => at.getTime() - mailAt.getTime() <= TOO_SOON_MS

/**
 * What the mail provider saw somebody do with a mail, open it or follow a link in it.
 *
 * @param userAgent `null`: not told, as for openings; then only time tells
 * @param arrivedAt when the mail was delivered; as long as nobody knows that, when it was accepted
 */
export function mailVisitOf(userAgent: string | null, at: Date, arrivedAt: Date): LinkVisit {
  if (userAgent !== null) return visitOf({ userAgent, purpose: '' }, at, arrivedAt)
  return isTooSoon(at, arrivedAt) ? 'too_soon' : 'opened'
}

/**
 * A browser's guess of what may be opened next, or a program by its name.
 *
 * Source: `Sec-Purpose` is in the Fetch standard; `Purpose`, `X-Purpose` and `X-Moz` are what older Chrome, Safari and
 * Firefox send.
 */
const isByMachine = ({ userAgent, purpose }: LinkRequest) =>
  /prefetch|prerender|preview/i.test(purpose) || !isBrowser(userAgent)

/** Every browser with a window says Mozilla or Opera, and names its engine. */
const BROWSER = /^(mozilla\/5\.0|opera\/9\.80) \(.*(applewebkit|gecko|presto)\b/i
const SCANNER = new RegExp(SCANNER_WORDS.join('|'), 'i')

const isBrowser = (userAgent: string) => BROWSER.test(userAgent) && !SCANNER.test(userAgent)
