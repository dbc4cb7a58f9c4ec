import Router from '@koa/router'
import type { Context as KoaContext, Middleware } from 'koa'
import { makeWorkspace } from '../../accounts/make-workspace.js'
import { askForReplyTo } from '../../accounts/reply-to.js'
import { workspaceDetails } from '../../accounts/workspace-details.js'
import { emailAddress } from '../../config.js'
import type { Context } from '../../context.js'
import type { Owner } from '../../db/models/owner.js'
import { Workspace } from '../../db/models/workspace.js'
import { readForm } from '../middleware/form.js'
import { allowOwnScripts } from '../middleware/policy.js'
import { type WorkspaceForm, workspacePage } from '../pages/onboarding-workspace.js'
import { signInVerifyPage } from '../pages/sign-in.js'

const NEXT = '/onboarding/stripe'

const NOT_ASKED =
  'The workspace is made, but the mail that confirms this address could not be sent. Press again in a minute, or leave it empty: replies then go to you.'

/** The first step after signing in: one workspace an owner. */
export function onboardingWorkspaceRoutes(context: Context, requireOwner: Middleware): Router {
  const ownerOf = (ctx: KoaContext) => ctx.state.owner as Owner
  return new Router({ prefix: '/onboarding/workspace' })
    .use(requireOwner)
    .get('/', async (ctx) => {
      const owner = ownerOf(ctx)
      if (await Workspace.query(context.db).findOne({ owner_id: owner.id }).select('id')) return ctx.redirect(NEXT)
      allowOwnScripts(ctx)
      ctx.body = workspacePage({ ownerEmail: owner.email, typed: null, faults: {} })
    })
    .post('/', async (ctx) => {
      const owner = ownerOf(ctx)
      const typed = typedIn(await readForm(ctx))
      const details = workspaceDetails.safeParse(typed)
      const replyTo = typed.replyTo.trim() === '' ? null : emailAddress.safeParse(typed.replyTo)
      const faults: Partial<WorkspaceForm> = {
        ...Object.fromEntries(details.error?.issues.map(({ message, path }) => [path[0], message]) ?? []),
        ...(replyTo?.success === false && {
          replyTo: 'This is not a mail address. It needs to look like name@example.com.',
        }),
      }
      if (!details.success || Object.keys(faults).length > 0) {
        ctx.status = 422
        ctx.body = workspacePage({ ownerEmail: owner.email, typed, faults })
        return
      }
      const made = await makeWorkspace(context, owner, details.data)
      if (made.kind === 'closed') {
        ctx.status = 403
        ctx.body = signInVerifyPage({ token: '', state: 'closed', hasMail: true })
        return
      }
      // One that waits for its yes changes nothing until then: replies go to the owner. Pressed again, it is asked again.
      const asked =
        replyTo && (await askForReplyTo(context, { workspaceId: made.workspace.id, address: replyTo.data ?? '' }))
      if (asked?.kind === 'not_sent' || asked?.kind === 'too_often') {
        ctx.status = asked.kind === 'not_sent' ? 503 : 429
        ctx.body = workspacePage({ ownerEmail: owner.email, typed, faults: { replyTo: NOT_ASKED } })
        return
      }
      ctx.redirect(NEXT)
    })
}

function typedIn(form: URLSearchParams): WorkspaceForm {
  const field = (name: keyof WorkspaceForm) => form.get(name) ?? ''
  return {
    name: field('name'),
    senderName: field('senderName'),
    timeZone: field('timeZone'),
    replyTo: field('replyTo'),
  }
}
