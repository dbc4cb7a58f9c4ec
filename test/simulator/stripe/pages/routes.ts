import Router from '@koa/router'
import type Koa from 'koa'
import rawBody from 'raw-body'
import { parseForm } from '../api/form.js'
import type { StripeSimulator } from '../simulator.js'
import { confirmHosted, payHosted, showInvoice } from './hosted-invoice.js'
import { type PageAnswer, showPortal, submitPortal } from './portal.js'

/** The pages that customers see. */
export function customerPages({ account, sessions }: StripeSimulator): Koa.Middleware {
  const router = new Router()
  router.get('/p/session/:token', (ctx) => {
    show(ctx, showPortal(account, sessions, ctx.params.token ?? ''))
  })
  router.post('/p/session/:token', async (ctx) => {
    const { card } = await formOf(ctx.req)
    show(ctx, submitPortal(account, sessions, ctx.params.token ?? '', String(card ?? '')))
  })
  router.get('/i/:id', (ctx) => {
    show(ctx, showInvoice(account, ctx.params.id ?? ''))
  })
  router.post('/i/:id', async (ctx) => {
    const { card } = await formOf(ctx.req)
    show(ctx, payHosted(account, ctx.params.id ?? '', String(card ?? '')))
  })
  router.post('/i/:id/confirm', async (ctx) => {
    const { bank } = await formOf(ctx.req)
    show(ctx, confirmHosted(account, ctx.params.id ?? '', bank === 'approve'))
  })
  return router.routes() as unknown as Koa.Middleware
}

async function formOf(request: Koa.Context['req']) {
  return parseForm(await rawBody(request, { encoding: 'utf8', limit: '64kb' }))
}

function show(ctx: { status: number; type: string; body: unknown; redirect(url: string): void }, answer: PageAnswer) {
  if ('redirect' in answer) {
    // 303: the browser follows with a GET, so that a reload does not pay twice.
    ctx.redirect(answer.redirect)
    ctx.status = 303
    return
  }
  ctx.status = answer.status
  ctx.type = 'html'
  ctx.body = answer.body
}
