import Router from '@koa/router'
import type Koa from 'koa'
import type { AcceptedMail } from '../accepted-mail.js'
import type { MailSimulator } from '../simulator.js'
import { addressesPage } from './addresses.js'
import { callsPage } from './calls.js'
import { deliveriesPage } from './deliveries.js'
import { listPage } from './list.js'
import { onePage } from './mail.js'

/** The provider for people. */
export function inboxPages(simulator: MailSimulator): Koa.Middleware {
  const router = new Router()
  const pages = { '/': listPage, '/addresses': addressesPage, '/deliveries': deliveriesPage, '/calls': callsPage }
  for (const [path, page] of Object.entries(pages)) {
    router.get(path, (ctx) => {
      ctx.type = 'html'
      ctx.body = page(simulator)
    })
  }
  router.get('/mail/:id', (ctx) => {
    const mail = simulator.inbox.get(ctx.params.id ?? '')
    if (!mail) return
    ctx.type = 'html'
    ctx.body = onePage(simulator, mail)
  })
  router.get('/mail/:id/html', (ctx) => {
    const mail = simulator.inbox.get(ctx.params.id ?? '')
    if (!mail) return
    ctx.type = 'html'
    // A mail's links open in a tab of their own; its scripts, if any, never run.
    ctx.set('content-security-policy', "script-src 'none'; object-src 'none'")
    ctx.body = htmlOf(mail)
  })
  return router.routes() as unknown as Koa.Middleware
}

/** The base stands where the head begins: before a doctype it would put a browser into quirks mode. */
function htmlOf({ html }: AcceptedMail): string {
  const text = html ?? '<p>This mail has no HTML part.</p>'
  const head = /<head[^>]*>/i
  return text.replace(head.test(text) ? head : /^(\s*<!doctype[^>]*>)?/i, '$&<base target="_blank">')
}
