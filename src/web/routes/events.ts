import Router from '@koa/router'
import { processEventsJob } from '../../../jobs/process-events.js'
import { replayEvent } from '../../recovery/replay-event.js'
import { isRowId } from '../middleware/row-id.js'
import { tenantOf } from '../middleware/tenant.js'
import { addressOf } from '../pages/events.js'
import { presentSaid } from '../presenters/said.js'
import { pageOfEvents, showEvents } from '../screens/events.js'
import type { PanelParts } from './panel-parts.js'

/** Where what was said belongs. */
const HERE = 'events'

/** `/app/events`: what Stripe told, and the replay of one. */
export function eventRoutes({ context, ring, said, show }: PanelParts): Router {
  return new Router()
    .get('/events', async (ctx) => {
      const heard = presentSaid(said.hear(ctx, HERE))
      const view = showEvents(context, tenantOf(ctx), ctx.query).then((events) => ({ ...events, said: heard }))
      await show(ctx, { name: 'events', title: () => 'Events', view })
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
      const { only, before } = pageOfEvents(ctx.query)
      ctx.status = 303
      ctx.redirect(addressOf(only, before))
    })
}
