import Router from '@koa/router'
import type { Context as KoaContext, Middleware } from 'koa'
import { askToConfirm } from '../../accounts/ask-to-confirm.js'
import { listSessions, revokeSession, revokeSessions, type SignedIn } from '../../accounts/sessions.js'
import { emailAddress } from '../../config.js'
import type { Context } from '../../context.js'
import type { Session } from '../../db/models/session.js'
import { Workspace } from '../../db/models/workspace.js'
import { readForm } from '../middleware/form.js'
import { type AddressForm, type SessionLine, sessionsPage } from '../pages/sessions.js'
import { age } from '../presenters/ages.js'
import { browserInWords } from '../presenters/browsers.js'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const NOT_ASKED = {
  too_often: 'Too many addresses were tried. Wait an hour, then try again. Nothing was changed.',
  not_sent: 'The mail could not be sent, so nothing was changed. Try again in a minute.',
} as const

/** `/app/sessions`: for every signed-in owner, whatever else is still locked. */
export function sessionRoutes(context: Context, requireOwner: Middleware): Router {
  const signedIn = (ctx: KoaContext) => ctx.state as SignedIn
  async function show(ctx: KoaContext, address: AddressForm = {}) {
    const { owner, session } = signedIn(ctx)
    const sessions = await listSessions(context, owner.id)
    ctx.body = sessionsPage({
      email: owner.email,
      sessions: sessions.map((each) => lineOf(each, session.id, context.now())),
      address,
    })
  }
  return new Router({ prefix: '/app/sessions' })
    .use(requireOwner)
    .get('/', (ctx) => show(ctx))
    .post('/address', async (ctx) => {
      const { owner } = signedIn(ctx)
      const typed = (await readForm(ctx)).get('email') ?? ''
      const address = emailAddress.safeParse(typed)
      if (!address.success) {
        ctx.status = 422
        return show(ctx, { typed, fault: 'This is not a mail address. It needs to look like name@example.com.' })
      }
      if (address.data === owner.email) {
        ctx.status = 422
        return show(ctx, { typed, fault: 'This is the address that you sign in with already.' })
      }
      const workspace = await Workspace.query(context.db).findOne({ owner_id: owner.id }).select('name')
      const asked = await askToConfirm(context, {
        ownerId: owner.id,
        email: address.data,
        purpose: 'owner',
        workspaceName: workspace?.name ?? 'a new workspace',
      })
      if (asked.kind === 'asked') return show(ctx, { asked: address.data })
      ctx.status = asked.kind === 'too_often' ? 429 : 503
      return show(ctx, { typed, fault: NOT_ASKED[asked.kind] })
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
