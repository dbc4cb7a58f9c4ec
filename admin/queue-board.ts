import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardQueues,
  ControllerHandlerReturnType,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app'
import Router from '@koa/router'
import type { Context as KoaContext } from 'koa'
import readBody from 'raw-body'
import { QUEUES, type QueueName } from '../jobs/define-job.js'
import type { QueueStore } from '../jobs/queue.js'
import { filesIn, staticFiles } from '../src/static-files.js'

const BASE = '/jobs/'

/**
 * What Bull Board can do, and nobody may: a job that was made or changed by hand has no row behind it, and a schedule
 * that was removed comes back at the next start only.
 */
const WITHHELD = /\/(add|obliterate|empty|update-data|delay|priority|concurrency|rate-limit)$|\/job-schedulers\//

/**
 * Bull Board as a router below `/jobs`. Whoever mounts it lets operators in, and nobody else.
 *
 * @param logo the address of our mark
 */
export function queueBoard(store: Pick<QueueStore, 'queue'>, { logo }: { readonly logo: string }): Router {
  const server = new BoardServer()
  createBullBoard({
    queues: (Object.keys(QUEUES) as QueueName[]).map((name) => new BullMQAdapter(store.queue(name))),
    serverAdapter: server,
    options: {
      uiConfig: {
        boardTitle: 'SecondLoop jobs',
        boardLogo: { path: logo, width: 18, height: 18 },
        hideDocsLink: true,
        hideRedisDetails: true,
        miscLinks: [
          { text: 'Installation', url: '/jobs/installation' },
          { text: 'Panel', url: '/app' },
        ],
      },
    },
  })
  return server.router()
}

/**
 * Bull Board's own adapter for Koa brings a template engine and a parser of bodies, and its page asks a CDN for fonts.
 * This one answers the same routes, with a page of ours around the same scripts.
 */
class BoardServer implements IServerAdapter {
  #queues: BullBoardQueues = new Map()
  #uiConfig: UIConfig = {}
  #views = ''
  #statics = ''
  #entry: AppViewRoute | null = null
  #api: readonly AppControllerRoute[] = []
  #answerError: ((error: Error) => ControllerHandlerReturnType) | null = null

  setQueues(queues: BullBoardQueues): this {
    this.#queues = queues
    return this
  }

  setViewsPath(path: string): this {
    this.#views = path
    return this
  }

  setStaticPath(_route: string, path: string): this {
    this.#statics = path
    return this
  }

  setEntryRoute(route: AppViewRoute): this {
    this.#entry = route
    return this
  }

  setErrorHandler(handler: (error: Error) => ControllerHandlerReturnType): this {
    this.#answerError = handler
    return this
  }

  setApiRoutes(routes: AppControllerRoute[]): this {
    this.#api = routes
    return this
  }

  setUIConfig(config: UIConfig): this {
    this.#uiConfig = config
    return this
  }

  router(): Router {
    const router = new Router({ prefix: BASE.slice(0, -1) })
    router.get('/static/*path', staticFiles(`${BASE}static/`, filesIn(this.#statics), { keepNames: true }).serve)
    for (const { method, route, handler } of this.#api) {
      for (const path of [route].flat().filter((each) => !WITHHELD.test(each))) {
        router.register(path, [method].flat(), async (ctx) => this.#answer(ctx, handler))
      }
    }
    for (const path of [this.#entry?.route ?? []].flat()) router.get(path, (ctx) => this.#page(ctx))
    return router
  }

  async #answer(ctx: KoaContext, handler: AppControllerRoute['handler']): Promise<void> {
    try {
      const { status = 200, body } = await handler({
        queues: this.#queues,
        uiConfig: this.#uiConfig,
        params: ctx.params,
        query: ctx.query,
        body: ctx.method === 'GET' ? {} : await bodyOf(ctx),
        headers: ctx.headers as Record<string, string | undefined>,
      })
      ctx.status = status
      ctx.body = body
    } catch (error) {
      if (!this.#answerError) throw error
      const { status = 500, body } = this.#answerError(error as Error)
      ctx.status = status
      ctx.body = body
    }
  }

  #page(ctx: KoaContext): void {
    // What it injects while it runs are styles alone; they can't be named beforehand.
    ctx.set('Content-Security-Policy', POLICY)
    ctx.type = 'html'
    ctx.body = this.#html
  }

  get #html(): string {
    const config = JSON.stringify(this.#uiConfig).replaceAll('<', '\\u003c')
    const named = readFileSync(join(this.#views, 'index.ejs'), 'utf8')
    const styles = [...named.matchAll(/href="(static\/css\/[\w./-]+)"/g)].map(
      ([, path]) => `<link rel="stylesheet" href="${path}">`,
    )
    const scripts = [...named.matchAll(/src="(static\/js\/[\w./-]+)"/g)].map(
      ([, path]) => `<script defer src="${path}"></script>`,
    )
    return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><base href="${BASE}"><title>${this.#uiConfig.boardTitle}</title>${styles.join('')}</head><body><script id="__UI_CONFIG__" type="application/json">${config}</script><div id="root"></div>${scripts.join('')}</body></html>`
  }
}

const POLICY = [
  "default-src 'none'",
  "object-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join(';')

async function bodyOf(ctx: KoaContext): Promise<Record<string, unknown>> {
  const text = await readBody(ctx.req, { limit: '10kb', encoding: 'utf-8' })
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return ctx.throw(400)
  }
}
