import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { startStripe } from '../simulator/index.js'
import { RateLimit } from '../simulator/rate-limit.js'

/**
 * A stand-in for Stripe's lists of a large account, in a process of its own: as many invoices as asked for, one in twelve
 * fails at first. Answers from templates of the simulator's objects, so that what is measured is who asks. `GET /calls`
 * tells how many pages were given, and how many calls were one too many.
 */

const DAY = 86_400
const PORT = Number(process.env.PORT)
const INVOICES = Number(process.env.INVOICES)
const LATENCY_MS = Number(process.env.LATENCY_MS)
const PER_SECOND = process.env.PER_SECOND ? Number(process.env.PER_SECOND) : undefined

interface Entry {
  readonly id: string
  readonly created: number
  readonly json: () => string
}

/** One list, newest first. */
class List {
  readonly #positions = new Map<string, number>()
  readonly #rate = new RateLimit(PER_SECOND)
  pages = 0
  refused = 0

  constructor(readonly entries: readonly Entry[]) {
    for (const [position, { id }] of entries.entries()) this.#positions.set(id, position)
  }

  take(): boolean {
    const isFree = this.#rate.take()
    if (isFree) this.pages += 1
    else this.refused += 1
    return isFree
  }

  page(query: URLSearchParams): string {
    const limit = Number(query.get('limit') ?? 10)
    const until = Number(query.get('created[lt]') ?? Number.POSITIVE_INFINITY)
    const from = Number(query.get('created[gte]') ?? 0)
    const after = query.get('starting_after')
    const first = after === null ? this.#firstBefore(until) : (this.#positions.get(after) ?? 0) + 1
    const last = this.#firstBefore(from)
    const shown = this.entries.slice(first, Math.min(first + limit, last))
    return `{"object":"list","url":"/v1/x","has_more":${first + limit < last},"data":[${shown.map(({ json }) => json()).join(',')}]}`
  }

  /** The first that was made before a moment. */
  #firstBefore(second: number): number {
    let [low, high] = [0, this.entries.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.entries[middle]?.created ?? 0) < second) high = middle
      else low = middle + 1
    }
    return low
  }
}

const lists = await makeLists()

createServer(
  (request, response) =>
    void answer(request.url ?? '/').then(({ body, status }) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        'retry-after': '1',
        'stripe-rate-limited-reason': 'endpoint-rate',
      })
      response.end(body)
    }),
).listen(PORT, '127.0.0.1')

async function answer(address: string): Promise<{ status: number; body: string }> {
  const url = new URL(address, 'http://lists')
  if (url.pathname === '/calls') {
    const pages = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.pages]))
    const refused = Object.values(lists).reduce((sum, list) => sum + list.refused, 0)
    return { status: 200, body: JSON.stringify({ pages, refused }) }
  }
  const list = lists[`${url.pathname}${url.searchParams.get('status') === 'open' ? '?open' : ''}`]
  if (!list) return { status: 404, body: '{"error":{"type":"invalid_request_error","message":"No such list"}}' }
  // The open ones are the same endpoint.
  if (!(lists[url.pathname] ?? list).take()) {
    return { status: 429, body: '{"error":{"type":"invalid_request_error","message":"Too many requests"}}' }
  }
  await sleep(LATENCY_MS)
  return { status: 200, body: list.page(url.searchParams) }
}

async function makeLists(): Promise<Record<string, List>> {
  const template = await templates()
  const now = Math.floor(Date.now() / 1_000)
  const invoices: Entry[] = []
  const payments: Entry[] = []
  const charges: Entry[] = []
  for (let nth = 0; nth < INVOICES; nth += 1) {
    const created = now - 60 - Math.floor((nth * 90 * DAY) / INVOICES)
    const fails = nth % 12 === 0
    const make =
      (text: string, at = created) =>
      () =>
        text.replaceAll('NTH', String(nth)).replaceAll('"created":0', `"created":${at}`)
    invoices.push({ id: `in_${nth}`, created, json: make(fails ? template.retriedInvoice : template.invoice) })
    payments.push({ id: `inpay_${nth}`, created, json: make(template.payment) })
    if (fails) charges.push({ id: `ch_f${nth}`, created, json: make(template.failedCharge) })
    charges.push({
      id: `ch_${nth}`,
      created: fails ? created + 2 * DAY : created,
      json: make(template.charge, fails ? created + 2 * DAY : created),
    })
  }
  charges.sort((a, b) => b.created - a.created)
  return {
    '/v1/invoices': new List(invoices),
    '/v1/invoice_payments': new List(payments),
    '/v1/charges': new List(charges),
    '/v1/invoices?open': new List([]),
    '/v1/invoice_payments?open': new List([]),
    '/v1/credit_notes': new List([]),
    '/v1/disputes': new List([]),
  }
}

/** Objects of a simulated account as JSON, with `NTH` in their ids and 0 for when they were made. */
async function templates() {
  const stripe = await startStripe({ seed: 'lists', clock: { manual: true } })
  const { store } = stripe.account
  const { invoice } = stripe.failRenewal({ worksFromAttempt: 2 })
  const failed = [...store.charges].at(-1)!
  const [payment] = store.paymentsOf(invoice.id)
  stripe.retry(invoice.id)
  const charge = [...store.charges].at(-1)!
  const text = (object: { id: string; created: number }, id: string) =>
    JSON.stringify({ ...object, created: 0 })
      .replaceAll(object.id, id)
      .replaceAll(charge.payment_intent, 'pi_NTH')
      .replaceAll(invoice.id, 'in_NTH')
  const made = {
    retriedInvoice: text(invoice, 'in_NTH'),
    invoice: text({ ...invoice, attempt_count: 1 } as never, 'in_NTH'),
    payment: text(payment!, 'inpay_NTH'),
    charge: text(charge, 'ch_NTH'),
    failedCharge: text(failed, 'ch_fNTH'),
  }
  await stripe.stop()
  return made
}
