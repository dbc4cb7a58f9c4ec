import type Stripe from 'stripe'
import { type Html, html, renderPage } from '../../html.js'
import { money } from '../../money.js'
import { DECLINE_NAMES } from '../declines.js'
import type { StripeSimulator } from '../simulator.js'
import { type InvoiceRow, invoiceRow, stateOf } from './state.js'

const SHOWN = 30

/** The simulator at a glance, with a button for what one would otherwise have to wait for. */
export function controlPage(simulator: StripeSimulator): string {
  const state = stateOf(simulator)
  return renderPage({
    title: 'Simulated Stripe',
    label: 'Simulated Stripe',
    heading: simulator.account.name,
    wide: true,
    body: html`
<h1>${state.customers} customers, ${state.invoices.open ?? 0} open invoices</h1>
<p class="muted">${state.events} events · ${state.deliveries.delivered} deliveries taken, ${state.deliveries.pending} under way,
${state.deliveries.failed} failed, ${state.deliveries.lost} lost · ${state.calls} API calls received · ${clockWords(simulator)}
· <a href="/_control/truth">what truly happened</a> · <a href="/">reload</a></p>
${state.notSimulated.length > 0 && html`<p class="error" role="alert">Asked for and not simulated: ${state.notSimulated.join(', ')}</p>`}
${actions()}
<h2>Invoices</h2>${invoices(simulator)}
<h2>Deliveries</h2>${deliveries(simulator)}
<h2>API calls received</h2>${calls(simulator)}`,
  })
}

function clockWords({ account: { clock } }: StripeSimulator): string {
  const pace = clock.speed === 1 ? '' : `, ${clock.speed.toLocaleString('en-US')} times as fast`
  return `${new Date(clock.now()).toISOString().slice(0, 16).replace('T', ' ')} UTC${clock.isSet ? ', set by hand' : pace}`
}

function actions(): Html {
  const codes = DECLINE_NAMES.map((code) => html`<option>${code}</option>`)
  return html`<div class="panel"><form method="post" action="/_control/fail-renewal" class="row">
<label>Reason<select name="declineCode">${codes}</select></label>
<label>How many<input type="number" name="count" value="1" min="1" max="1000"></label>
<label>Works again from attempt<input type="number" name="worksFromAttempt" min="2" max="9" placeholder="never"></label>
<button>Fail a renewal</button></form>
<form method="post" action="/_control/move-clock" class="row" style="margin-top:.75rem">
<label>Move the clock by<input type="number" name="amount" value="1" min="0" max="10000"></label>
<label>Unit<select name="unit"><option>days</option><option>hours</option><option>minutes</option></select></label>
<button class="second">Move it</button></form>
<form method="post" action="/_control/next-retry" style="margin-top:.75rem"><button class="quiet">Skip to whatever is due next</button></form></div>`
}

function invoices(simulator: StripeSimulator): Html {
  const rows = [...simulator.account.store.invoices.newestFirst()].slice(0, SHOWN)
  if (rows.length === 0) return html`<p class="muted">No subscription has been renewed yet.</p>`
  return html`<div class="scroll"><table><thead><tr><th scope="col">Customer</th><th scope="col">Plan</th>
<th scope="col" class="money">Amount</th><th scope="col">State</th><th scope="col">Attempts</th><th scope="col"></th></tr></thead><tbody>${rows.map(
    (invoice) => {
      const row = invoiceRow(simulator, invoice)
      return html`<tr><td>${row.name}<br><span class="muted">${row.email}</span></td>
<td>${planOf(simulator, invoice.lines.data[0])}</td>
<td class="money">${money(invoice.total, row.currency)}<br><span class="muted">${moneyAfter(row)}</span></td>
<td class="${row.status === 'paid' ? 'good' : row.status === 'open' ? 'bad' : 'muted'}">${row.status}
${row.dispute && html`<br><span class="bad">dispute: ${row.dispute.status?.replaceAll('_', ' ')}</span>`}</td>
<td>${row.decline ?? attempts(row.attempt_count)}<br><span class="muted">${row.decline && attempts(row.attempt_count)}${
        row.next_payment_attempt && `, next at ${clockTime(row.next_payment_attempt)}`
      }</span></td>
<td>${buttons(row)}</td></tr>`
    },
  )}</tbody></table></div>`
}

/** What became of the amount, such as `$40.00 paid, $10.00 credited`. */
function moneyAfter(row: InvoiceRow): string {
  const parts: [number, string][] = [
    [row.status === 'paid' ? 0 : row.amount_paid, 'paid'],
    [row.amount_credited, 'credited'],
    [row.amount_refunded, 'refunded'],
  ]
  return parts.flatMap(([amount, what]) => (amount > 0 ? `${money(amount, row.currency)} ${what}` : [])).join(', ')
}

function planOf({ account }: StripeSimulator, line: Stripe.InvoiceLineItem | undefined): string | null | undefined {
  const price = line?.pricing?.price_details?.price
  return typeof price === 'string' ? account.store.prices.get(price)?.nickname : line?.description
}

function attempts(count: number): string {
  return `${count} ${count === 1 ? 'attempt' : 'attempts'}`
}

/** What can happen to the invoice now: the usual above, the rest below. */
function buttons(row: InvoiceRow): Html {
  const of = { invoice: row.id }
  const { dispute } = row
  if (dispute && dispute.status !== 'won' && dispute.status !== 'lost') {
    const decide = (outcome: string, words: string) => button('close-dispute', words, { outcome })
    return form({ dispute: dispute.id }, [decide('won', 'Won'), decide('lost', 'Lost')])
  }
  const page = row.hosted_invoice_url && html`<a href="${row.hosted_invoice_url}">Page</a>`
  switch (row.status) {
    case 'draft':
      return form(of, [button('finalize-invoice', 'Finalize')])
    case 'open':
      return form(
        of,
        [button('retry', 'Retry now'), button('pay', 'Pay'), page],
        [
          button('pay-part', 'Pay half'),
          button('pay-out-of-band', 'Elsewhere'),
          button('credit-note', 'Credit'),
          row.amount_paid === 0 && button('void', 'Void'),
          button('mark-uncollectible', 'Give up'),
        ],
      )
    case 'uncollectible':
      return form(of, [button('pay', 'Pay'), page])
    case 'paid':
      if (row.amount_refundable === 0) return html``
      return form(
        of,
        [button('refund', 'Refund'), button('dispute', 'Dispute')],
        [button('refund', 'Refund that fails', { fails: 'true' }), button('credit-note', 'Credit')],
      )
    default:
      return html``
  }
}

type Parts = readonly (Html | null | undefined | false | '')[]

function form(fields: Readonly<Record<string, string>>, usual: Parts, seldom: Parts = []): Html {
  const hidden = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  const rest = html`<div class="seldom">${seldom.map((part) => html`${part} `)}</div>`
  return html`<form method="post">${hidden}${usual.map((part) => html`${part || null} `)}${seldom.length > 0 && rest}</form>`
}

/** One of several in a form, each with a command of its own; `field` is one that it adds. */
function button(command: string, words: string, field: Readonly<Record<string, string>> = {}): Html {
  const [name, value] = Object.entries(field)[0] ?? []
  const added = name !== undefined && html` name="${name}" value="${value}"`
  return html`<button class="quiet" formaction="/_control/${command}"${added}>${words}</button>`
}

function deliveries({ webhooks }: StripeSimulator): Html {
  const rows = webhooks.deliveries.slice(-SHOWN).reverse()
  if (rows.length === 0) {
    return html`<p class="muted">${
      webhooks.endpoints.length === 0 ? 'No webhook endpoint is registered.' : 'Nothing has been delivered yet.'
    }</p>`
  }
  return html`<div class="scroll"><table><thead><tr><th scope="col">Made</th><th scope="col">Event</th><th scope="col">Type</th>
<th scope="col">State</th><th scope="col">Tries</th><th scope="col">Last answer</th></tr></thead><tbody>${rows.map(
    ({ duplicate, event, lastResult, state, tries }) => html`<tr><td>${clockTime(event.created)}</td>
<td><code>${event.id}</code></td><td>${event.type}${duplicate && ' (again)'}</td>
<td class="${state === 'delivered' ? 'good' : 'bad'}">${state}</td><td>${tries}</td><td>${lastResult}</td></tr>`,
  )}</tbody></table></div>`
}

function calls({ log }: StripeSimulator): Html {
  const rows = log.calls.slice(-SHOWN).reverse()
  if (rows.length === 0) return html`<p class="muted">Nobody has called the API yet.</p>`
  return html`<div class="scroll"><table><thead><tr><th scope="col">At</th><th scope="col">Call</th><th scope="col">Status</th>
<th scope="col">Request</th><th scope="col">Fault</th></tr></thead><tbody>${rows.map(
    (call) => html`<tr><td>${clockTime(call.at / 1000)}</td><td><code>${call.method} ${call.path}</code></td>
<td>${call.status}${call.replayed && ' (replayed)'}</td><td><code>${call.requestId}</code></td><td>${call.fault}</td></tr>`,
  )}</tbody></table></div>`
}

function clockTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 19)
}
