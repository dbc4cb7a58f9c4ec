import type Stripe from 'stripe'
import { type Html, html, renderPage } from '../../html.js'
import { money } from '../../money.js'
import { DECLINE_NAMES } from '../declines.js'
import type { StripeSimulator } from '../simulator.js'
import { invoiceRow, stateOf } from './state.js'

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
${state.deliveries.lost} lost · ${state.calls} API calls received · <a href="/">reload</a></p>
${state.notSimulated.length > 0 && html`<p class="error" role="alert">Asked for and not simulated: ${state.notSimulated.join(', ')}</p>`}
${actions()}
<h2>Invoices</h2>${invoices(simulator)}
<h2>Deliveries</h2>${deliveries(simulator)}
<h2>API calls received</h2>${calls(simulator)}`,
  })
}

function actions(): Html {
  const codes = DECLINE_NAMES.map((code) => html`<option>${code}</option>`)
  return html`<div class="panel"><form method="post" action="/_control/fail-renewal" class="row">
<label>Reason<select name="declineCode">${codes}</select></label>
<label>How many<input type="number" name="count" value="1" min="1" max="1000"></label>
<label>Works again from attempt<input type="number" name="worksFromAttempt" min="2" max="9" placeholder="never"></label>
<button>Fail a renewal</button></form>
<form method="post" action="/_control/next-retry" style="margin-top:.75rem"><button class="quiet">Skip to the next retry</button></form></div>`
}

function invoices(simulator: StripeSimulator): Html {
  const rows = [...simulator.account.store.invoices.newestFirst()].slice(0, SHOWN)
  if (rows.length === 0) return html`<p class="muted">No subscription has been renewed yet.</p>`
  return html`<div class="scroll"><table><thead><tr><th scope="col">Customer</th><th scope="col">Plan</th>
<th scope="col" class="money">Amount</th><th scope="col">State</th><th scope="col">Decline</th><th scope="col">Attempts</th>
<th scope="col">Next attempt</th><th scope="col"></th></tr></thead><tbody>${rows.map((invoice) => {
    const row = invoiceRow(simulator, invoice)
    return html`<tr><td>${row.name}<br><span class="muted">${row.email}</span></td>
<td>${planOf(simulator, invoice.lines.data[0])}</td><td class="money">${money(row.amount_due, row.currency)}</td>
<td class="${row.status === 'paid' ? 'good' : row.status === 'open' ? 'bad' : 'muted'}">${row.status}</td>
<td>${row.decline}</td><td>${row.attempt_count}</td><td>${row.next_payment_attempt && clockTime(row.next_payment_attempt)}</td>
<td>${row.status === 'open' && buttons(row.id, row.hosted_invoice_url)}</td></tr>`
  })}</tbody></table></div>`
}

function planOf({ account }: StripeSimulator, line: Stripe.InvoiceLineItem | undefined): string | null | undefined {
  const price = line?.pricing?.price_details?.price
  return typeof price === 'string' ? account.store.prices.get(price)?.nickname : line?.description
}

function buttons(invoice: string, hosted: string | null | undefined): Html {
  const button = (command: string, words: string) => html`<form method="post" action="/_control/${command}">
<input type="hidden" name="invoice" value="${invoice}"><button class="quiet">${words}</button></form>`
  return html`${button('retry', 'Retry now')} ${button('pay', 'Pay')} ${button('void', 'Void')}
${hosted && html`<a href="${hosted}">Page</a>`}`
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
