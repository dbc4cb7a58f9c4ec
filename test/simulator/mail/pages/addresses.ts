import { type Html, html } from '../../html.js'
import { FATES } from '../fates.js'
import type { MailSimulator } from '../simulator.js'
import { button, inWords, mailPage, moment, table } from './layout.js'

const ORIGIN = { bounce: 'It bounced for good', complaint: 'It complained', manual: 'Somebody said so' }

/** What becomes of mails to whom. */
export function addressesPage(simulator: MailSimulator): string {
  const { bounces, complaints, delays } = simulator.fates.options
  return mailPage(
    simulator,
    '/addresses',
    'Addresses',
    html`<h1>What becomes of mails</h1>
<p class="muted">Mails are delivered, except to Resend’s test addresses and to those below. An address that bounces for good
or complains is suppressed from then on. By the seed ${percent(bounces)} of addresses bounce, ${percent(complaints)} complain
and ${percent(delays)} get their mail late.</p>
<div class="panel"><form method="post" action="/_control/fate" class="row">
<label>Address<input type="email" name="address" required placeholder="ada@customers.example"></label>
<label>Its mails are<select name="fate">${FATES.map((fate) => html`<option value="${fate}"${fate === 'bounced' && html` selected`}>${inWords(fate)}</option>`)}</select></label>
<button>Set</button></form></div>
${addresses(simulator)}`,
  )
}

function addresses({ fates }: MailSimulator): Html {
  const set = new Map(fates.list())
  const all = [...new Set([...set.keys(), ...fates.suppressed.keys()])]
  if (all.length === 0) return html`<p class="muted">No address has a fate of its own.</p>`
  const rows = all.map((address) => {
    const fate = set.get(address)
    const suppressed = fates.suppressed.get(address)
    return html`<tr><td>${address}</td><td>${fate && inWords(fate)}</td><td>${
      suppressed &&
      html`<span class="bad">since ${moment(suppressed.at)}</span> · ${
        suppressed.sourceId === null
          ? ORIGIN[suppressed.origin]
          : html`<a href="/mail/${suppressed.sourceId}">${ORIGIN[suppressed.origin]}</a>`
      }`
    }</td><td>${button('unset-fate', 'Deliver again', { address })}</td></tr>`
  })
  return html`${table(['Address', 'Set to be', 'Suppressed', ''], rows)}
<div class="row" style="margin-top:.75rem">${button('clear-fates', 'Clear all')}</div>`
}

function percent(share: number): string {
  return share === 0 ? 'none' : `${Number((share * 100).toPrecision(3))}\u00a0%`
}
