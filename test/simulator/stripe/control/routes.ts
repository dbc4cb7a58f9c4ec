import Router from '@koa/router'
import type Koa from 'koa'
import { commandRoute } from '../../control.js'
import { truthOf, truthTable } from '../../history/truth.js'
import type { StripeSimulator } from '../simulator.js'
import { stripeCommands } from './commands.js'
import { controlPage } from './page.js'
import { deliveryRow, invoiceRow, stateOf } from './state.js'

/** The control page for people and the same as a small JSON API. */
export function controlRoutes(simulator: StripeSimulator): Koa.Middleware[] {
  const router = new Router()
  const { account, log, webhooks } = simulator
  router.get('/', (ctx) => {
    ctx.type = 'html'
    ctx.body = controlPage(simulator)
  })
  router.get('/_control/state', (ctx) => {
    ctx.body = stateOf(simulator)
  })
  router.get('/_control/invoices', (ctx) => {
    const { status } = ctx.query
    const wanted = [...account.store.invoices].filter((invoice) => status === undefined || invoice.status === status)
    ctx.body = wanted.map((invoice) => invoiceRow(simulator, invoice))
  })
  router.get('/_control/deliveries', (ctx) => {
    ctx.body = webhooks.deliveries.slice(Number(ctx.query.after ?? 0)).map(deliveryRow)
  })
  router.get('/_control/calls', (ctx) => {
    ctx.body = log.calls.slice(Number(ctx.query.after ?? 0))
  })
  router.get('/_control/truth', (ctx) => {
    ctx.type = 'text/csv'
    ctx.body = truthTable(truthOf(account))
  })
  return [router.routes() as unknown as Koa.Middleware, commandRoute(stripeCommands(simulator))]
}
