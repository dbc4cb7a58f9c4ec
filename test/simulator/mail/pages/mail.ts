import { type Html, html } from '../../html.js'
import type { AcceptedMail, EmailEvent, MailEvent } from '../accepted-mail.js'
import { linksIn } from '../links.js'
import { hasBeen } from '../postman.js'
import type { MailSimulator } from '../simulator.js'
import type { MailDelivery } from '../webhooks.js'
import { button, mailPage, moment, stateChip, table } from './layout.js'

/** One mail: what became of it, what can still become of it, and what stands in it. */
export function onePage(simulator: MailSimulator, mail: AcceptedMail): string {
  return mailPage(
    simulator,
    '',
    mail.subject,
    html`<h1>${mail.subject}</h1><p>${stateChip(mail.state)}</p>
${actions(simulator, mail)}
<h2>What became of it</h2>${timeline(simulator, mail)}
<h2>Envelope</h2>${envelope(mail)}
<h2>HTML</h2><iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="/mail/${mail.id}/html" title="The mail as HTML"></iframe>
<h2>Plain text</h2><div class="scroll"><pre>${mail.text ?? 'This mail has no plain text.'}</pre></div>`,
  )
}

function actions({ postman }: MailSimulator, mail: AcceptedMail): Html {
  const here = { mail: mail.id }
  const late =
    postman.isUnderWay(mail) && button('hurry', mail.state === 'scheduled' ? 'Send now' : 'Deliver now', here)
  const read = hasBeen('delivered', mail) && [
    button('open', 'Open', here),
    linksIn(mail).length > 0 && button('click', 'Follow its first link', here),
    button('complain', 'Complain', here),
  ]
  const back = hasBeen('sent', mail) && [
    button('bounce', 'Bounce', { ...here, kind: 'permanent' }),
    button('bounce', 'Bounce for now', { ...here, kind: 'transient' }),
  ]
  return html`<div class="row">${late}${read}${back}</div>`
}

function timeline({ webhooks }: MailSimulator, mail: AcceptedMail): Html {
  const told = new Map<string, MailDelivery[]>()
  for (const delivery of webhooks.deliveriesOf(mail.id)) {
    told.set(delivery.event.id, [...(told.get(delivery.event.id) ?? []), delivery])
  }
  const rows = mail.events.map(
    (event) => html`<tr><td>${moment(event.at)}</td><td>${stateChip(event.state)}</td>
<td style="white-space:normal;overflow-wrap:anywhere;min-width:18rem">${details(event)}</td><td>${(
      told.get(event.id) ?? []
    ).map(
      (delivery) => html`<div>${answer(delivery)} <span class="muted">${delivery.endpoint.url}</span></div>`,
    )}</td></tr>`,
  )
  return table(['At (UTC)', 'Event', 'Details', 'What webhooks were answered'], rows)
}

/** Whom it is about, and what makes it different from others of its kind. */
function details({ payload, visitor }: MailEvent): Html {
  const lines = [payload && peculiarOf(payload), visitor && `${visitor.ip} · ${visitor.userAgent}`]
  return html`${payload?.data.to.join(', ')}${lines.map((line) => line && html`<br><span class="muted">${line}</span>`)}`
}

function peculiarOf(event: EmailEvent): string | null {
  switch (event.type) {
    case 'email.bounced': {
      const { message, subType, type } = event.data.bounce
      return `${type}, ${subType}: ${message}`
    }
    case 'email.clicked':
      return event.data.click.link
    case 'email.failed':
      return event.data.failed.reason
    case 'email.suppressed':
      return event.data.suppressed.type
    default:
      return null
  }
}

export function answer({ duplicate, lastResult, state, tries }: MailDelivery): Html {
  const tone = state === 'delivered' ? 'good' : state === 'lost' || lastResult !== undefined ? 'bad' : 'muted'
  const words = state === 'lost' && tries === 0 ? 'never sent' : (lastResult ?? 'under way')
  const times = tries > 1 && `, ${tries} tries`
  return html`<span class="${tone}">${words}${times}${duplicate && ', again'}</span>`
}

function envelope(mail: AcceptedMail): Html {
  const facts: [string, string][] = [
    ['From', mail.from],
    ['To', mail.to.join(', ')],
    ['Cc', mail.cc.join(', ')],
    ['Bcc', mail.bcc.join(', ')],
    ['Reply to', mail.replyTo.join(', ')],
    ['Accepted', new Date(mail.acceptedAt).toISOString()],
    ['Scheduled', mail.scheduledAt === null ? '' : new Date(mail.scheduledAt).toISOString()],
    ['Id', mail.id],
    ['Idempotency key', mail.idempotencyKey ?? ''],
    ['Tags', mail.tags.map(({ name, value }) => `${name}=${value}`).join(', ')],
    ['Attachments', mail.attachments.map(({ filename, path }) => filename ?? path ?? 'unnamed').join(', ')],
    ...Object.entries(mail.headers),
  ]
  const rows = facts
    .filter(([, value]) => value !== '')
    .map(
      ([name, value]) =>
        html`<tr><th scope="row">${name}</th><td style="white-space:normal;overflow-wrap:anywhere">${value}</td></tr>`,
    )
  return html`<div class="scroll"><table><tbody>${rows}</tbody></table></div>`
}
