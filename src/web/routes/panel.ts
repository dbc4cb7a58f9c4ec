import Router from '@koa/router'
import type { Context as KoaContext, Middleware, Next } from 'koa'
import { isStripeVerified } from '../../accounts/stripe-status.js'
import type { Context } from '../../context.js'
import type { Owner } from '../../db/models/owner.js'
import { StripeConnection } from '../../db/models/stripe-connection.js'
import { Workspace } from '../../db/models/workspace.js'
import { countOpenCases, listCases, readCase } from '../../recovery/read-cases.js'
import { casePage } from '../pages/case.js'
import { casesPage } from '../pages/cases.js'
import { presentCase } from '../presenters/case.js'
import { presentCaseRow } from '../presenters/case-row.js'
import { presentSums } from '../presenters/sums.js'
import { viewOf } from '../presenters/view.js'

const CASES_SHOWN = 100
const REFRESH_S = 5
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Whose panel it is. Everything below `/app` starts from here, never from an id in the request. */
interface Tenant {
  readonly owner: Owner
  readonly workspace: Workspace
  readonly connection: StripeConnection
}

/** `/app`: the owner's cases with their timelines. */
export function panelRoutes(context: Context, requireOwner: Middleware): Router {
  const { db, now } = context
  const router = new Router({ prefix: '/app' }).use(requireOwner, unlocked)

  /** `/app` stays locked until the workspace exists and Stripe is verified; until then it leads to what is missing. */
  async function unlocked(ctx: KoaContext, next: Next) {
    const owner = ctx.state.owner as Owner
    const workspace = await Workspace.query(db).findOne({ owner_id: owner.id })
    const connection =
      workspace && (await StripeConnection.query(db).findOne({ workspace_id: workspace.id, replaced_at: null }))
    const isOpen = workspace && connection && (await isStripeVerified(context, workspace.id))
    if (!isOpen) {
      if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return ctx.throw(403)
      return ctx.redirect(workspace ? '/onboarding/stripe' : '/onboarding/workspace')
    }
    ctx.state.tenant = { owner, workspace, connection } satisfies Tenant
    await next()
  }

  /** What every page of the panel shows around itself. */
  async function panelOf({ owner, workspace, connection }: Tenant) {
    return {
      workspaceName: workspace.name,
      ownerEmail: owner.email,
      mode: connection.mode,
      openCases: await countOpenCases(context, workspace.id, connection.id),
    }
  }

  return router
    .get('/', (ctx) => ctx.redirect('/app/cases'))
    .get('/cases', async (ctx) => {
      const tenant = tenantOf(ctx)
      const { workspace, connection } = tenant
      const list = await listCases(context, workspace.id, connection.id, CASES_SHOWN)
      const view = viewOf(workspace, now())
      ctx.body = casesPage({
        panel: await panelOf(tenant),
        cases: list.cases.map((row) => presentCaseRow(row, list.touches.get(row.id) ?? [], view)),
        total: list.total,
        sums: presentSums(list.sums, view),
        promptsOn: workspace.prompts_on_at !== null,
        unwritten: list.unwritten,
        ...('follow' in ctx.query && { refreshSeconds: REFRESH_S }),
      })
    })
    .get('/cases/:id', async (ctx) => {
      const tenant = tenantOf(ctx)
      const { workspace, connection } = tenant
      const id = String(ctx.params.id)
      const dossier = UUID.test(id) ? await readCase(context, workspace.id, id) : null
      if (!dossier) return ctx.throw(404)
      ctx.body = casePage({
        panel: await panelOf(tenant),
        recoveryCase: presentCase({ ...dossier, connection }, viewOf(workspace, now())),
      })
    })
}

const tenantOf = (ctx: KoaContext) => ctx.state.tenant as Tenant
