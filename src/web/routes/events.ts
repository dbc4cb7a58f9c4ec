import Router from '@koa/router'
import type { Context as KoaContext } from 'koa'
import { processEventsJob } from '../../../jobs/process-events.js'
import { stripeStatus } from '../../accounts/stripe-status.js'
import { readEventChecks } from '../../diagnostics/read-event-checks.js'
import { INBOX_FILTERS, type InboxFilter, readInbox } from '../../recovery/read-inbox.js'
import { replayEvent } from '../../recovery/replay-event.js'
import { isRowId } from '../middleware/row-id.js'
import { tenantOf } from '../middleware/tenant.js'
import { addressOf, eventsPage } from '../pages/events.js'
import { presentEventHealth } from '../presenters/event-health.js'
import { presentEventRow } from '../presenters/event-row.js'
import { presentSaid } from '../presenters/said.js'
import { viewOf } from '../presenters/view.js'
import type { PanelParts } from './panel-parts.js'

const EVENTS_SHOWN = 100
/** Where what was said belongs. */
const HERE = 'events'

/** `/app/events`: what Stripe told, and the replay of one. */
export function eventRoutes({ context, ring, said, panelOf }: PanelParts): Router {
  return new Router()
    .get('/events', async (ctx) => {
      const tenant = tenantOf(ctx)
      const { workspace, connection } = tenant
      const { only, before } = wantedBy(ctx)
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
      ctx.body = eventsPage({
        ...page,
        panel: await panelOf(tenant),
        events: page.events.map((event) => presentEventRow(event, page.cases.get(event.id), view)),
        only,
        before,
        health: presentEventHealth(checks, { count: signatureFailures, lastAt: connection.signature_failed_at }, view),
        said: presentSaid(said.hear(ctx, HERE)),
      })
    })
    .post('/events/:id/replay', async (ctx) => {
      const { workspace, owner } = tenantOf(ctx)
      const eventId = ctx.params.id
      if (!isRowId(eventId)) return ctx.throw(404)
      const key = { workspaceId: workspace.id, eventId }
      const result = await replayEvent(context, { ...key, ownerId: owner.id })
      if (result === 'unknown') return ctx.throw(404)
      if (result === 'done') await ring(processEventsJob, { workspaceId: workspace.id, eventIds: [eventId] })
      said.say(ctx, HERE, `replay-${result}`)
      const { only, before } = wantedBy(ctx)
      ctx.status = 303
      ctx.redirect(addressOf(only, before))
    })
}

/** Which page of the list: what can't be one is the newest of all. */
function wantedBy({ query }: KoaContext): { only: InboxFilter | null; before: string | null } {
  return {
    only: INBOX_FILTERS.find((filter) => filter === query.only) ?? null,
    before: isRowId(query.before) ? query.before : null,
  }
}
