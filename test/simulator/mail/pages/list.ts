import { type Html, html } from '../../html.js'
import type { MailSimulator } from '../simulator.js'
import { button, counted, mailPage, moment, stateChip, table } from './layout.js'

const SHOWN = 200

/** Every mail that was accepted, newest first. */
export function listPage(simulator: MailSimulator): string {
  const { inbox } = simulator
  const count = inbox.mails.length
  return mailPage(
    simulator,
    '/',
    `Inbox (${count})`,
    html`<h1>${counted(count, 'mail')} accepted</h1>
<p class="muted">Nothing leaves this machine.${count > SHOWN && ` The newest ${SHOWN} are shown.`}</p>
${count > 0 ? mails(simulator) : html`<p>No mail yet. Reload when something should have been sent.</p>`}`,
  )
}

function mails({ inbox }: MailSimulator): Html {
  const states = [...inbox.countByState()].map(([state, count]) => stateChip(state, count))
  const rows = inbox.mails
    .slice(-SHOWN)
    .reverse()
    .map(
      (mail) => html`<tr><td>${stateChip(mail.state)}</td><td>${mail.to.join(', ')}</td>
<td><a href="/mail/${mail.id}">${mail.subject}</a></td><td>${mail.from}</td><td>${moment(mail.acceptedAt)}</td></tr>`,
    )
  return html`<div class="row" style="align-items:center;justify-content:space-between"><div class="row">${states}</div>
${button('clear', 'Clear the inbox')}</div>${table(['State', 'To', 'Subject', 'From', 'Accepted (UTC)'], rows)}`
}
