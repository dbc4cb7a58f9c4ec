import Router from '@koa/router'
import type Koa from 'koa'
import { html, renderPage } from '../html.js'
import type { AcceptedMail } from './inbox.js'
import type { MailSimulator } from './simulator.js'

const LABEL = 'Simulated inbox'
const SHOWN = 200

/** The inbox for people, and as JSON for tests and simulated customers. */
export function inboxPages(simulator: MailSimulator): Koa.Middleware {
  const router = new Router()
  router.get('/', (ctx) => {
    ctx.type = 'html'
    ctx.body = listPage(simulator)
  })
  router.get('/mail/:id', (ctx) => {
    const mail = simulator.inbox.get(ctx.params.id ?? '')
    if (!mail) return
    ctx.type = 'html'
    ctx.body = mailPage(mail)
  })
  router.get('/mail/:id/html', (ctx) => {
    const mail = simulator.inbox.get(ctx.params.id ?? '')
    if (!mail) return
    ctx.type = 'html'
    // A mail's links open in a tab of their own; its scripts, if any, never run.
    ctx.set('content-security-policy', "script-src 'none'; object-src 'none'")
    // After the head begins: what stands before the doctype puts a browser into quirks mode.
    ctx.body = (mail.html ?? '<head></head><p>This mail has no HTML part.</p>').replace(
      /<head[^>]*>/i,
      '$&<base target="_blank">',
    )
  })
  router.get('/_control/mails', (ctx) => {
    // `?after=<n>`: those beyond the first n, for somebody who polls.
    ctx.body = simulator.inbox.mails.slice(Number(ctx.query.after ?? 0))
  })
  return router.routes() as unknown as Koa.Middleware
}

function listPage({ inbox }: MailSimulator): string {
  const newest = [...inbox.mails].reverse().slice(0, SHOWN)
  const table = html`<div class="scroll"><table><thead><tr><th scope="col">Accepted</th><th scope="col">To</th>
<th scope="col">Subject</th><th scope="col">From</th></tr></thead><tbody>${newest.map(
    (mail) => html`<tr><td>${clockTime(mail.acceptedAt)}</td><td>${mail.to.join(', ')}</td>
<td><a href="/mail/${mail.id}">${mail.subject}</a></td><td>${mail.from}</td></tr>`,
  )}</tbody></table></div>`
  return renderPage({
    title: `Inbox (${inbox.mails.length})`,
    label: LABEL,
    heading: 'Mail provider',
    wide: true,
    body: html`<h1>${inbox.mails.length} ${inbox.mails.length === 1 ? 'mail' : 'mails'} accepted</h1>
<p class="muted">Nothing leaves this machine.${inbox.mails.length > SHOWN && ` The newest ${SHOWN} are shown.`}</p>
${newest.length > 0 ? table : html`<p>No mail yet. Reload when something should have been sent.</p>`}`,
  })
}

function mailPage(mail: AcceptedMail): string {
  const facts: [string, string][] = [
    ['From', mail.from],
    ['To', mail.to.join(', ')],
    ['Reply to', mail.replyTo.join(', ')],
    ['Accepted', new Date(mail.acceptedAt).toISOString()],
    ['Idempotency key', mail.idempotencyKey ?? ''],
    ['Tags', mail.tags.map(({ name, value }) => `${name}=${value}`).join(', ')],
    ...Object.entries(mail.headers),
  ]
  return renderPage({
    title: mail.subject,
    label: LABEL,
    heading: 'Mail provider',
    wide: true,
    body: html`<p><a href="/">All mails</a></p><h1>${mail.subject}</h1>
<div class="scroll"><table><tbody>${facts
      .filter(([, value]) => value !== '')
      .map(
        ([name, value]) => html`<tr><th scope="row">${name}</th><td style="white-space:normal">${value}</td></tr>`,
      )}</tbody></table></div>
<h2>HTML</h2><iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="/mail/${mail.id}/html" title="The mail as HTML"></iframe>
<h2>Plain text</h2><div class="scroll"><pre>${mail.text ?? 'This mail has no plain text.'}</pre></div>`,
  })
}

function clockTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19)
}
