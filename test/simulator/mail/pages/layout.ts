import { type Html, html, renderPage } from '../../html.js'
import type { MailState } from '../accepted-mail.js'
import type { MailSimulator } from '../simulator.js'

const PAGES = [
  ['/', 'Mails'],
  ['/addresses', 'Addresses'],
  ['/deliveries', 'Webhooks'],
  ['/calls', 'API calls'],
] as const

/** A page of the provider: where one can go, and in red what was asked for and does not exist here. */
export function mailPage(simulator: MailSimulator, here: string, title: string, body: Html): string {
  const lacking = [...new Set(simulator.notSimulated)]
  const links = PAGES.map(([path, name]) =>
    path === here ? html`<a href="${path}" aria-current="page">${name}</a>` : html`<a href="${path}">${name}</a>`,
  )
  return renderPage({
    title,
    label: 'Simulated inbox',
    heading: 'Mail provider',
    wide: true,
    nav: html`<nav aria-label="Pages">${links}</nav>`,
    body: html`${
      lacking.length > 0 &&
      html`<p class="error" role="alert" style="margin:0 0 1.25rem"><strong>Asked for and not simulated:</strong> ${lacking.join(', ')}</p>`
    }${body}`,
  })
}

const TONE: Readonly<Record<MailState, string>> = {
  bounced: 'bad',
  canceled: 'muted',
  clicked: 'good',
  complained: 'bad',
  delivered: 'good',
  delivery_delayed: 'muted',
  failed: 'bad',
  opened: 'good',
  queued: 'muted',
  scheduled: 'muted',
  sent: 'muted',
  suppressed: 'bad',
}

export function stateChip(state: MailState, count?: number): Html {
  return html`<span class="chip ${TONE[state]}">${count !== undefined && `${count} `}${inWords(state)}</span>`
}

/** `delivery_delayed` → `delivery delayed`. */
export function inWords(name: string): string {
  return name.replaceAll('_', ' ')
}

/** A button that posts a command, with what it needs in hidden fields. */
export function button(name: string, words: string, fields: Readonly<Record<string, string>> = {}): Html {
  const hidden = Object.entries(fields).map(
    ([key, value]) => html`<input type="hidden" name="${key}" value="${value}">`,
  )
  return html`<form method="post" action="/_control/${name}">${hidden}<button class="quiet">${words}</button></form>`
}

export function table(heads: readonly string[], rows: readonly Html[]): Html {
  return html`<div class="scroll"><table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`
}

/** `2026-11-23 08:15:42`, UTC. */
export function moment(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
