import { type Html, html } from '../../html.js'
import type { MailSimulator } from '../simulator.js'
import { button, counted, mailPage, moment, table } from './layout.js'
import { answer } from './mail.js'

const SHOWN = 100

/** The endpoints, and what they were told. */
export function deliveriesPage(simulator: MailSimulator): string {
  const { webhooks } = simulator
  return mailPage(
    simulator,
    '/deliveries',
    'Webhooks',
    html`<h1>${counted(webhooks.endpoints.length, 'webhook endpoint')}</h1>
<p class="muted">${counted(webhooks.deliveries.length, 'delivery', 'deliveries')}, ${webhooks.pending()} under way.</p>
${webhooks.endpoints.length > 0 && endpoints(simulator)}
<div class="panel"><form method="post" action="/_control/endpoint" class="row">
<label>Address that gets all events<input type="url" name="url" size="36" required placeholder="http://127.0.0.1:3000/webhooks/resend"></label>
<button>Add</button></form></div>
<h2>What they were told</h2>${deliveries(simulator)}`,
  )
}

function endpoints({ webhooks }: MailSimulator): Html {
  const rows = webhooks.endpoints.map(
    ({ events, id, secrets, status, url }) => html`<tr><td>${url}</td>
<td class="${status === 'enabled' ? 'good' : 'bad'}">${status}</td>
<td style="white-space:normal">${events?.join(', ') ?? 'all events'}</td>
<td>${secrets.map((secret) => html`<div><code>${secret}</code></div>`)}</td>
<td>${button('rotate-secret', 'Roll the secret', { id })} ${button('remove-endpoint', 'Remove', { id })}</td></tr>`,
  )
  return table(['Endpoint', 'State', 'Events', 'Secret', ''], rows)
}

function deliveries({ webhooks }: MailSimulator): Html {
  const newest = webhooks.deliveries.slice(-SHOWN).reverse()
  if (newest.length === 0) return html`<p class="muted">Nothing has been told yet.</p>`
  const rows = newest.map((delivery) => {
    const { endpoint, event } = delivery
    const { data, type } = event.payload
    return html`<tr><td>${moment(event.at)}</td><td>${type}</td>
<td><a href="/mail/${data.email_id}">${data.subject}</a></td>
<td style="white-space:normal">${answer(delivery)} <span class="muted">${endpoint.url}</span></td>
<td>${button('replay', 'Replay', { event: event.id })}</td></tr>`
  })
  return table(['At (UTC)', 'Event', 'Mail', 'Answer', ''], rows)
}
