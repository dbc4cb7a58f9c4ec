import { type Html, html, renderPage } from '../../html.js'
import { money } from '../../money.js'
import type { Account } from '../account.js'
import { payNow } from '../billing/collecting.js'
import { attachCard } from '../billing/sign-up.js'
import { testCard } from '../billing/test-cards.js'
import type { SimulatedInvoice } from '../objects/invoice.js'
import { cardForm } from './card-form.js'
import type { PageAnswer } from './portal.js'

const LIFE_SECONDS = 30 * 24 * 3600

/** `GET /i/:id`: pay an open invoice on session, or confirm its payment with the bank. */
export function showInvoice(account: Account, id: string, error?: string): PageAnswer {
  const invoice = account.store.invoices.get(id)
  if (!invoice || invoice.status === 'draft')
    return { status: 404, body: page(account, html`<h1>No such invoice</h1>`) }
  if (account.clock.elapsed() / 1000 > invoice.created + LIFE_SECONDS) {
    const words = html`<h1>This invoice link has expired</h1><p class="muted">Ask ${account.name} for a new one.</p>`
    return { status: 410, body: page(account, words) }
  }
  return {
    status: error ? 402 : 200,
    body: page(account, html`${summary(account, invoice)}${action(account, invoice, error)}`),
  }
}

/** `POST /i/:id` with a chosen card: this invoice only; the customer's default card stays as it is. */
export function payHosted(account: Account, id: string, number: string): PageAnswer {
  const invoice = account.store.invoices.get(id)
  const chosen = testCard(number)
  if (!invoice || !isPayable(invoice)) return showInvoice(account, id)
  if (!chosen) return showInvoice(account, id, 'Your card number is invalid.')
  const customer = account.store.customers.require(invoice.customer)
  const { behaviour, brand } = chosen
  const method = attachCard(account, customer, { behaviour, brand, last4: chosen.number.slice(-4) })
  const result = payNow(account, invoice, { paymentMethod: method.id, onSession: true })
  if (result.outcome === 'declined') return showInvoice(account, id, result.decline.message)
  return { redirect: `/i/${id}` }
}

/** `POST /i/:id/confirm`: what the bank's page would say. */
export function confirmHosted(account: Account, id: string, approved: boolean): PageAnswer {
  const invoice = account.store.invoices.get(id)
  const intent = account.store.intentOf(id)
  if (!invoice || !intent?.payment_method || intent.status !== 'requires_action') return showInvoice(account, id)
  if (!approved) {
    return showInvoice(account, id, 'We are unable to authenticate your payment method. Nothing was charged.')
  }
  payNow(account, invoice, { paymentMethod: intent.payment_method, onSession: true, confirmed: true })
  return { redirect: `/i/${id}` }
}

function isPayable(invoice: SimulatedInvoice): boolean {
  return invoice.status === 'open' || invoice.status === 'uncollectible'
}

function summary(account: Account, invoice: SimulatedInvoice): Html {
  const {
    amount_paid: paid,
    amount_remaining: remaining,
    currency,
    pre_payment_credit_notes_amount: credited,
  } = invoice
  const isDue = isPayable(invoice)
  const words = isDue ? 'Amount due' : invoice.status === 'paid' ? 'Invoice paid' : 'Invoice voided'
  return html`<div class="panel"><p class="muted">${words}</p>
<p class="sum">${money(isDue ? remaining : invoice.amount_due, currency)}</p>
<dl><dt>To</dt><dd>${invoice.customer_name ?? invoice.customer_email}</dd>
<dt>From</dt><dd>${account.name}</dd><dt>Invoice</dt><dd>${invoice.number}</dd>
${isDue && paid > 0 && html`<dt>Paid so far</dt><dd>${money(paid, currency)}</dd>`}
${credited > 0 && html`<dt>Credited</dt><dd>${money(credited, currency)}</dd>`}
<dt>For</dt><dd>${invoice.lines.data[0]?.description}</dd></dl></div>`
}

function action(account: Account, invoice: SimulatedInvoice, error: string | undefined): Html {
  if (!isPayable(invoice)) {
    return invoice.status === 'paid' ? html`<p class="good">Thank you. Nothing more to do.</p>` : html``
  }
  const intent = account.store.intentOf(invoice.id)
  const amount = money(invoice.amount_remaining, invoice.currency)
  const card = intent?.payment_method ? account.store.paymentMethods.get(intent.payment_method)?.card : undefined
  const confirm =
    intent?.status === 'requires_action' &&
    card &&
    html`<form method="post" action="/i/${invoice.id}/confirm" class="panel">
<h2 style="margin-top:0">Confirm with your bank</h2>
<p class="muted">The bank of the card ending in ${card.last4} wants to know that it is you.</p>
<button class="big" name="bank" value="approve">Confirm ${amount}</button>
<button class="quiet" name="bank" value="refuse" style="width:100%;margin-top:.5rem">The bank says no</button></form>`
  return html`${confirm}${cardForm({ action: `/i/${invoice.id}`, button: `Pay ${amount}`, second: Boolean(confirm), error })}`
}

function page(account: Account, body: Html): string {
  return renderPage({ title: `Invoice - ${account.name}`, label: 'Simulated Stripe', heading: account.name, body })
}
