import { type Html, html } from '../../html.js'
import type { MailCall, MailSimulator } from '../simulator.js'
import { button, counted, mailPage, moment, table } from './layout.js'

const SHOWN = 100
const ROUTES = ['POST /emails/batch', 'POST /emails', 'GET *', '*']
const KINDS = ['status', 'drop', 'hang', 'hang-after', 'cut', 'reset', 'slow']
const ERRORS = ['', 'daily_quota_exceeded', 'monthly_quota_exceeded']
/** The caller got no answer, whatever we made of the call. */
const SILENT = new Set<string | undefined>(['drop', 'hang', 'hang-after', 'cut', 'reset'])

/** Who called the API and what was answered, with the means to disturb it. */
export function callsPage(simulator: MailSimulator): string {
  const { calls, faults, rate } = simulator
  return mailPage(
    simulator,
    '/calls',
    'API calls',
    html`<h1>${counted(calls.length, 'API call')}</h1>
<p class="muted">${rate.perSecond === undefined ? 'No rate limit.' : `At most ${counted(rate.perSecond, 'call')} a second.`}</p>
<div class="panel"><form method="post" action="/_control/fault" class="row">
<label>Calls<select name="route">${options(ROUTES)}</select></label>
<label>What happens<select name="kind">${options(KINDS)}</select></label>
<label>Status<input type="number" name="status" min="400" max="599" placeholder="500" style="width:6rem"></label>
<label>Error<select name="error">${options(ERRORS)}</select></label>
<label>Retry after (s)<input type="number" name="retryAfter" min="0" style="width:6rem"></label>
<label>Slow by (ms)<input type="number" name="ms" min="0" placeholder="1000" style="width:7rem"></label>
<label>So many times<input type="number" name="count" min="1" placeholder="always" style="width:7rem"></label>
<button>Disturb</button></form>
<form method="post" action="/_control/rate-limit" class="row" style="margin-top:1rem">
<label>Calls a second<input type="number" name="perSecond" min="1" placeholder="no limit" style="width:7rem"></label>
<button class="second">Limit</button></form></div>
${faults.list().length > 0 && disturbances(simulator)}
<h2>Calls received</h2>${received(calls)}`,
  )
}

function options(values: readonly string[]): Html[] {
  return values.map((value) => html`<option value="${value}">${value === '' ? 'the usual' : value}</option>`)
}

function disturbances({ faults }: MailSimulator): Html {
  const rows = faults.list().map(
    ({ fault, hits }) => html`<tr><td><code>${fault.route}</code></td><td>${fault.kind}</td>
<td>${fault.kind === 'status' && (fault.status ?? 500)} ${fault.error}</td>
<td>${hits}${fault.count !== undefined && ` of ${fault.count}`}</td></tr>`,
  )
  return html`<h2>Disturbances</h2>${table(['Calls', 'What happens', 'Answer', 'Hits'], rows)}
<div class="row" style="margin-top:.75rem">${button('clear-faults', 'Leave the API alone')}</div>`
}

function received(calls: readonly MailCall[]): Html {
  const newest = calls.slice(-SHOWN).reverse()
  if (newest.length === 0) return html`<p class="muted">Nobody has called the API yet.</p>`
  const rows = newest.map((call) => {
    const silent = SILENT.has(call.fault)
    const tone = silent || call.status >= 400 ? 'bad' : 'good'
    return html`<tr><td>${moment(call.at)}</td><td><code>${call.method} ${call.path}</code></td>
<td class="${tone}">${silent ? 'no answer' : call.status} ${call.error}</td><td>${call.fault}</td>
<td>${call.idempotencyKey && html`<code>${call.idempotencyKey}</code>`}</td></tr>`
  })
  return table(['At (UTC)', 'Call', 'Answer', 'Fault', 'Idempotency key'], rows)
}
