import { stripeStatus } from '../../accounts/stripe-status.js'
import type { Context } from '../../context.js'
import { readEventChecks } from '../../diagnostics/read-event-checks.js'
import { INBOX_FILTERS, type InboxFilter } from '../../domain/inbox-filter.js'
import { readInbox } from '../../recovery/read-inbox.js'
import { isRowId } from '../middleware/row-id.js'
import type { Tenant } from '../middleware/tenant.js'
import type { EventsView } from '../pages/events.js'
import { presentEventHealth } from '../presenters/event-health.js'
import { presentEventRow } from '../presenters/event-row.js'
import { viewOf } from '../presenters/view.js'
import type { Query } from './query.js'

const EVENTS_SHOWN = 100

/** What Stripe told. `only` narrows the list, `before` turns its pages. */
export async function showEvents(
  context: Context,
  { workspace, connection }: Tenant,
  query: Query,
): Promise<EventsView> {
  const { only, before } = pageOfEvents(query)
  const [page, checks, { signatureFailures }] = await Promise.all([
    readInbox(context, {
      workspaceId: workspace.id,
      connectionId: connection.id,
      only,
      before,
      limit: EVENTS_SHOWN,
    }),
    readEventChecks(context, workspace.id, connection.id),
    stripeStatus(context, workspace.id),
  ])
  const view = viewOf(workspace, context.now())
  const { olderThan, failed, waiting } = page
  return {
    events: page.events.map((event) => presentEventRow(event, page.cases.get(event.id), view)),
    only,
    before,
    olderThan,
    failed,
    waiting,
    health: presentEventHealth(checks, { count: signatureFailures, lastAt: connection.signature_failed_at }, view),
  }
}

/** What can't be a page is the newest of all. */
export function pageOfEvents({ only, before }: Query): { only: InboxFilter | null; before: string | null } {
  return {
    only: INBOX_FILTERS.find((filter) => filter === only) ?? null,
    before: isRowId(before) ? before : null,
  }
}
