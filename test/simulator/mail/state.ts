import type { MailSimulator } from './simulator.js'
import type { MailDelivery } from './webhooks.js'

/** What happened so far in figures, for a drill that runs in another process. */
export function stateOf(simulator: MailSimulator) {
  const { calls, domains, fates, faults, inbox, notSimulated, rate, strictDomains, tracking, webhooks } = simulator
  return {
    mails: inbox.mails.length,
    delivered: inbox.delivered.length,
    states: Object.fromEntries(inbox.countByState()),
    fates: Object.fromEntries(fates.list()),
    shares: fates.options,
    suppressed: Object.fromEntries(fates.suppressed),
    domains: domains.list.map(({ name, status }) => ({ name, status })),
    strictDomains,
    tracking,
    endpoints: webhooks.endpoints.map(({ events, id, status, url }) => ({ id, url, events, status })),
    deliveries: deliveryFigures(webhooks.deliveries),
    calls: calls.length,
    refusals: calls.filter(({ status }) => status >= 400).length,
    notSimulated: [...new Set(notSimulated)],
    callsPerSecond: rate.perSecond ?? null,
    faults: faults.list(),
  }
}

function deliveryFigures(deliveries: readonly MailDelivery[]) {
  const figures = { pending: 0, delivered: 0, failed: 0, lost: 0, duplicates: 0, tries: 0 }
  for (const { duplicate, state, tries } of deliveries) {
    figures[state] += 1
    figures.tries += tries
    if (duplicate) figures.duplicates += 1
  }
  return figures
}

export function deliveryRow({ deliveredAt, duplicate, endpoint, event, lastResult, state, tries }: MailDelivery) {
  return {
    event: event.id,
    type: event.payload.type,
    mail: event.payload.data.email_id,
    at: event.at,
    endpoint: endpoint.url,
    duplicate,
    state,
    tries,
    lastResult: lastResult ?? null,
    deliveredAt: deliveredAt ?? null,
  }
}
