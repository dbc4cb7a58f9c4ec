import type Stripe from 'stripe'
import { html, renderPage } from '../../html.js'
import type { Account } from '../account.js'
import { attachCard, setDefaultCard } from '../billing/sign-up.js'
import { testCard } from '../billing/test-cards.js'
import type { PortalSessions } from '../portal-sessions.js'
import { cardForm, describeCard } from './card-form.js'

const LABEL = 'Simulated Stripe'

export type PageAnswer = { readonly status: number; readonly body: string } | { readonly redirect: string }

/** `GET /p/session/:token`: the card page of a living session. */
export function showPortal(account: Account, sessions: PortalSessions, token: string): PageAnswer {
  const opened = sessions.use(token)
  if (opened.found !== 'yes') return sessionOver(account, opened.found)
  return { status: 200, body: cardPage(account, opened.session, token) }
}

/** `POST /p/session/:token` with the chosen card: saves it as the customer's default and leads back. */
export function submitPortal(account: Account, sessions: PortalSessions, token: string, number: string): PageAnswer {
  const opened = sessions.use(token)
  if (opened.found !== 'yes') return sessionOver(account, opened.found)
  const { session } = opened
  const chosen = testCard(number)
  if (!chosen) {
    return { status: 400, body: cardPage(account, session, token, 'Your card number is invalid.') }
  }
  if (chosen.refusedAtEntry) {
    return { status: 402, body: cardPage(account, session, token, 'Your card was declined. Try another one.') }
  }
  const customer = account.store.customers.require(session.customer)
  const { behaviour, brand } = chosen
  const method = attachCard(account, customer, { behaviour, brand, last4: chosen.number.slice(-4) })
  account.events.emit('payment_method.attached', method)
  setDefaultCard(account, customer, method.id)
  const back = destination(session)
  return back ? { redirect: back } : { status: 200, body: done(account, session) }
}

function destination(session: Stripe.BillingPortal.Session): string | null {
  const after = session.flow?.after_completion
  if (after?.type === 'redirect' && after.redirect) return after.redirect.return_url
  return after?.type === 'hosted_confirmation' ? null : session.return_url
}

function cardPage(account: Account, session: Stripe.BillingPortal.Session, token: string, error?: string): string {
  const customer = account.store.customers.require(session.customer)
  const current = customer.invoice_settings.default_payment_method
  const card = current === null ? undefined : account.store.paymentMethods.get(current)?.card
  return renderPage({
    title: `Payment method - ${account.name}`,
    label: LABEL,
    heading: account.name,
    body: html`<h1>Update your payment method</h1>
<p class="muted">${customer.name ?? customer.email ?? customer.id} · ${card ? `on file: ${describeCard(card)}` : 'no card on file'}</p>
${cardForm({ action: `/p/session/${token}`, button: 'Save card', error })}
${session.return_url && html`<p><a href="${session.return_url}">Return to ${account.name}</a></p>`}`,
  })
}

function done(account: Account, session: Stripe.BillingPortal.Session): string {
  const message = session.flow?.after_completion.hosted_confirmation?.custom_message
  return renderPage({
    title: `Saved - ${account.name}`,
    label: LABEL,
    heading: account.name,
    body: html`<h1>Your card is saved</h1><p>${message ?? 'You can close this page.'}</p>`,
  })
}

/** 410 for a session that died, 404 for one that never was; the words are the same as far as they are true. */
function sessionOver(account: Account, found: 'no' | 'expired'): PageAnswer {
  const [status, title, words] =
    found === 'expired'
      ? ([410, 'This session has expired', 'Links into the portal live for five minutes. Ask for a new one.'] as const)
      : ([404, 'No such session', 'This address belongs to no portal session.'] as const)
  const body = html`<h1>${title}</h1><p class="muted">${words}</p>`
  return { status, body: renderPage({ title, label: LABEL, heading: account.name, body }) }
}
