import type { AcceptedMail } from './mail/index.js'
import { rollFor } from './random.js'
import { openPage, submitForm, type WebPage } from './visitor.js'

/** Shares are from 0 to 1 and are rolled per address; who is in none of the first three never acts. */
export interface CustomerBehaviour {
  /** Acts on the first mail. */
  readonly atOnce?: number
  /** Acts on the first mail, but only after `laterMs`. */
  readonly later?: number
  /** Lets the first mail be and acts on the second. */
  readonly onReminder?: number
  /** Of all: a mail scanner fetches the link first, by HEAD and then by GET. */
  readonly scanned?: number
  /** Of those who act: tries a card that is declined before one that works. */
  readonly clumsy?: number
  /** Real milliseconds from seeing the mail to acting, from and to. */
  readonly atOnceMs?: readonly [number, number]
  readonly laterMs?: readonly [number, number]
  readonly pollMs?: number
}

export interface CustomerAct {
  readonly mail: AcceptedMail
  readonly link: string
  /** Where the customer ended up. */
  readonly page: WebPage
  readonly outcome: 'submitted' | 'declined' | 'nothing to do'
}

export interface CustomersOptions {
  /** Of the simulated mail provider. */
  readonly inboxUrl: string
  readonly seed: string
  readonly behaviour?: CustomerBehaviour
  /** So many delivered mails are old: nobody acts on them any more. */
  readonly seen?: number
  readonly onAct?: (act: CustomerAct) => void
  /** Told of links that could not be opened; the customer shrugs. */
  readonly onError?: (error: unknown, mail: AcceptedMail) => void
}

const WORKING_CARD = '4242424242424242'
const DECLINED_CARD = '4000000000000002'
const SCANNER = { userAgent: 'Mozilla/5.0 (compatible; SimulatedMailScanner/1.0)', ip: '198.51.100.23' }

/** Customers who read their mail and act over HTTP only: they open the link, fill Stripe's form and submit it. */
export function startCustomers(options: CustomersOptions): { stop(): void } {
  const { behaviour = {}, inboxUrl } = options
  const mailsTo = new Map<string, number>()
  const timers = new Set<NodeJS.Timeout>()
  let seen = options.seen ?? 0
  let stopped = false

  const later = (ms: number, run: () => Promise<void>) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      void run()
    }, ms)
    timers.add(timer)
  }

  const poll = async () => {
    try {
      const answer = await fetch(`${inboxUrl}/_control/delivered?after=${seen}`)
      const mails = (await answer.json()) as AcceptedMail[]
      seen += mails.length
      if (!stopped) for (const mail of mails) read(mail)
    } catch {
      // The provider is being restarted, or a fault hit: asked again in a moment.
    }
    if (!stopped) later(behaviour.pollMs ?? 200, poll)
  }

  const read = (mail: AcceptedMail) => {
    const link = recoveryLink(mail)
    const address = mail.to[0] ?? ''
    const nth = (mailsTo.get(address) ?? 0) + 1
    mailsTo.set(address, nth)
    if (!link) return
    const roll = (what: string) => rollFor(options.seed, what, address)
    if (roll('scanned') < (behaviour.scanned ?? 0)) {
      void scan(link)
      void notice(mail, { link, ...SCANNER })
    }
    const wait = waitBeforeActing(behaviour, roll, nth)
    if (wait !== undefined) later(wait, () => act(mail, link, roll('clumsy') < (behaviour.clumsy ?? 0)))
  }

  /** What a mail program gives away: the provider hears it only when it tracks. */
  const notice = (mail: AcceptedMail, what: { link?: string; userAgent?: string; ip?: string } = {}) => {
    const body = JSON.stringify({ mail: mail.id, ...what })
    return fetch(`${inboxUrl}/_control/noticed`, { method: 'POST', body }).catch(() => undefined)
  }

  const act = async (mail: AcceptedMail, link: string, clumsy: boolean) => {
    await notice(mail)
    await notice(mail, { link })
    try {
      const act = await visit(mail, link, clumsy)
      if (!stopped) options.onAct?.(act)
    } catch (error) {
      if (!stopped) options.onError?.(error, mail)
    }
  }

  void poll()
  return {
    stop() {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** The link to `/r/<token>` in a mail's text; not the one that stops reminders. */
export function recoveryLink(mail: Pick<AcceptedMail, 'text' | 'html'>): string | undefined {
  const links = `${mail.text ?? ''} ${mail.html ?? ''}`.match(/https?:\/\/[^\s<>"')\]]+\/r\/[^\s<>"')\]/?#]+/g)
  return links?.[0]
}

/** Opens a recovery link as a person does, and does there what the page asks for. */
async function visit(mail: AcceptedMail, link: string, clumsy = false): Promise<CustomerAct> {
  let page = await openPage(link)
  if (clumsy && page.forms.some((form) => form.fields.includes('card'))) {
    page = await submitForm(page, 'card', DECLINED_CARD)
  }
  const confirm = page.forms.some((form) => form.fields.includes('bank'))
  const card = page.forms.some((form) => form.fields.includes('card'))
  if (!confirm && !card) return { mail, link, page, outcome: 'nothing to do' }
  const after = confirm ? await submitForm(page, 'bank', 'approve') : await submitForm(page, 'card', WORKING_CARD)
  return { mail, link, page: after, outcome: after.status < 400 ? 'submitted' : 'declined' }
}

async function scan(link: string): Promise<void> {
  const headers = { 'user-agent': SCANNER.userAgent }
  for (const method of ['HEAD', 'GET']) {
    await fetch(link, { method, headers, redirect: 'manual' })
      .then((answer) => answer.arrayBuffer())
      .catch(() => undefined)
  }
}

/** Milliseconds, or undefined: this mail moves nobody. */
function waitBeforeActing(
  behaviour: CustomerBehaviour,
  roll: (what: string) => number,
  nth: number,
): number | undefined {
  const { atOnce = 1, atOnceMs = [0, 300], later = 0, laterMs = [5_000, 20_000], onReminder = 0 } = behaviour
  const kind = roll('kind')
  const within = ([from, to]: readonly [number, number]) => from + roll('wait') * (to - from)
  if (kind < atOnce) return nth === 1 ? within(atOnceMs) : undefined
  if (kind < atOnce + later) return nth === 1 ? within(laterMs) : undefined
  if (kind < atOnce + later + onReminder) return nth === 2 ? within(atOnceMs) : undefined
  return undefined
}
