import { type DigestCurrency, type DigestNeed, renderDigest } from '../../emails/digest.js'
import type { Settings } from '../context.js'
import type { Workspace } from '../db/models/workspace.js'
import type { HumanNeed } from '../db/queries/needs-human.js'
import { formatMoney, formatMoneyParts } from '../domain/money.js'
import { humanWords } from '../domain/needs-human.js'
import type { CurrencyNews, DigestNews } from './read-digest.js'

/** Owners read English, as on the pages. */
const LOCALE = 'en-US'

/** A digest in words, with links into the panel; no address stands in it. */
export async function writeDigest(
  { appUrl, testModeMail }: Settings,
  workspace: Workspace,
  { connection, currencies, needs, since }: DigestNews,
): Promise<{ subject: string; html: string; text: string }> {
  return renderDigest({
    workspaceName: workspace.name,
    isTest: connection.mode === 'test' && testModeMail === 'owner',
    since: dayInWords(since, workspace.time_zone),
    rhythm: workspace.digest === 'daily' ? 'daily' : 'weekly',
    currencies: currencies.map(inWords),
    needs: needs.needs.map((need) => needInWords(need, appUrl)),
    needsTotal: needs.total,
    isKeyRefused: needs.needs.some(({ reason }) => reason === 'key_refused'),
    panelLink: `${appUrl}/app`,
    settingsLink: `${appUrl}/app/settings`,
  })
}

function inWords(news: CurrencyNews): DigestCurrency {
  const { currency, cameBack, wentBack } = news
  const money = (amount: number) => formatMoney({ amount, currency }, LOCALE)
  const sum = (amount: number, cases: number) => (cases > 0 ? { amount: money(amount), cases } : null)
  const assisted = news.assisted >= cameBack ? 'all' : news.assisted > 0 ? money(news.assisted) : 'nothing'
  const short = shortMoney(cameBack, currency)
  return {
    cameBack:
      cameBack > 0 ? { amount: money(cameBack), cases: Math.max(0, news.recoveredCases), short, assisted } : null,
    wentBack: wentBack > 0 ? money(wentBack) : null,
    cameAgain: wentBack < 0 ? money(-wentBack) : null,
    exposed: sum(news.exposed, news.cases),
    open: sum(news.open, news.openCases),
    stalled: sum(news.stalled, news.stalledCases),
  }
}

/** Headlines drop decimals that are zero, and round nothing. */
function shortMoney(amount: number, currency: string): string {
  const { whole, cents, after } = formatMoneyParts({ amount, currency }, LOCALE)
  return /[1-9]/.test(cents) ? `${whole}${cents}${after}` : `${whole}${after}`
}

function needInWords(
  { reason, detail, caseId, customerName, amount, currency }: HumanNeed,
  appUrl: string,
): DigestNeed {
  return {
    who: caseId ? customerName?.trim() || 'Customer without a name' : 'Your Stripe key',
    amount: amount !== null && currency ? formatMoney({ amount, currency }, LOCALE) : null,
    ...humanWords(reason, detail),
    action: caseId
      ? { label: 'Open the case', link: `${appUrl}/app/cases/${caseId}` }
      : { label: 'Enter a new key', link: `${appUrl}/onboarding/stripe` },
  }
}

/** `Monday 16 November 2026`, in the order of the pages. */
function dayInWords(at: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  })
  const { weekday, day, month, year } = Object.fromEntries(
    format.formatToParts(at).map(({ type, value }) => [type, value]),
  )
  return `${weekday} ${day} ${month} ${year}`
}
