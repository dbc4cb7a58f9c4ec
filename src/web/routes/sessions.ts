import Router from '@koa/router'
import type { Context as KoaContext, Middleware } from 'koa'
import { listSessions, revokeSession, revokeSessions, type SignedIn } from '../../accounts/sessions.js'
import type { Context } from '../../context.js'
import type { Session } from '../../db/models/session.js'
import { type SessionLine, sessionsPage } from '../pages/sessions.js'
import { age } from '../presenters/ages.js'
import { browserInWords } from '../presenters/browsers.js'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** `/app/sessions`: for every signed-in owner, whatever else is still locked. */
export function sessionRoutes(context: Context, requireOwner: Middleware): Router {
  const signedIn = (ctx: KoaContext) => ctx.state as SignedIn
  return new Router({ prefix: '/app/sessions' })
    .use(requireOwner)
    .get('/', async (ctx) => {
      const { owner, session } = signedIn(ctx)
      const sessions = await listSessions(context, owner.id)
      ctx.body = sessionsPage({
        email: owner.email,
        sessions: sessions.map((each) => lineOf(each, session.id, context.now())),
      })
    })
    .post('/end-others', async (ctx) => {
      const { owner, session } = signedIn(ctx)
      await revokeSessions(context, owner.id, session.id)
      ctx.redirect('/app/sessions')
    })
    .post('/:id/end', async (ctx) => {
      const id = String(ctx.params.id)
      if (!UUID.test(id)) return ctx.throw(404)
      await revokeSession(context, signedIn(ctx).owner.id, id)
      ctx.redirect('/app/sessions')
    })
}

function lineOf(session: Session, thisId: string, now: Date): SessionLine {
  const { created_at, id, seen_at, user_agent } = session
  const isThisOne = id === thisId
  const used = isThisOne ? 'Used now' : `Used ${age(seen_at ?? created_at, now)} ago`
  return { id, isThisOne, browser: browserInWords(user_agent), used: `${used}, signed in ${age(created_at, now)} ago` }
}
