import type { HelmetOptions } from 'helmet'
import Koa from 'koa'
import compress from 'koa-compress'
import helmet from 'koa-helmet'
import type { Ring } from '../../jobs/define-job.js'
import type { QueueStore } from '../../jobs/queue.js'
import { vitalsRoutes } from '../../jobs/vitals-routes.js'
import type { Context } from '../context.js'
import type { EventReceiver } from '../recovery/receive-events.js'
import { createWebhookTargets } from '../recovery/webhook-target.js'
import { answerErrors } from './middleware/errors.js'
import { nothingToShow } from './middleware/policy.js'
import { ownHost, sameOrigin } from './middleware/same-origin.js'
import { cookiesOf, requireOwner } from './middleware/session.js'
import { assetRoutes } from './routes/assets.js'
import { confirmAddressRoutes } from './routes/confirm-address.js'
import { jobRoutes } from './routes/jobs.js'
import { landingRoutes } from './routes/landing.js'
import { mailWebhookRoutes } from './routes/mail-webhooks.js'
import { onboardingStripeRoutes } from './routes/onboarding-stripe.js'
import { onboardingWorkspaceRoutes } from './routes/onboarding-workspace.js'
import { panelRoutes } from './routes/panel.js'
import { recoveryLinkRoutes } from './routes/recovery-link.js'
import { sessionRoutes } from './routes/sessions.js'
import { signInRoutes } from './routes/sign-in.js'
import { webhookRoutes } from './routes/webhooks.js'

/** Pages run no script and load nothing from elsewhere; links to Stripe are navigation. */
const headers = (appUrl: string): HelmetOptions => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      objectSrc: ["'none'"],
      styleSrc: ["'self'"],
      fontSrc: ["'self'"],
      imgSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  strictTransportSecurity: appUrl.startsWith('https:'),
})

/**
 * The web application. First what machines call, each with its own proof; then the customer's links; then the pages of
 * the owner, which answer to browsers on our own host and origin only.
 *
 * @param ring for what the owner's actions make due
 * @param store whose queues operators look at
 */
export function createApp(context: Context, receiver: EventReceiver, ring: Ring, store: QueueStore): Koa {
  const { appUrl } = context.settings
  const cookies = cookiesOf(appUrl)
  const app = new Koa()
  app.on('error', (error) => context.log.warn({ err: error }, 'a connection broke while answering'))
  app.use(answerErrors(context.log))
  app.use(nothingToShow(appUrl))
  app.use(webhookRoutes(context, createWebhookTargets(context), receiver).routes())
  app.use(mailWebhookRoutes(context).routes())
  app.use(vitalsRoutes(context, store).routes())

  app.use(helmet(headers(appUrl)))
  app.use(assetRoutes().routes())
  app.use(compress())
  app.use(recoveryLinkRoutes(context).routes())

  app.use(ownHost(appUrl))
  app.use(sameOrigin(appUrl))
  app.use(landingRoutes(appUrl).routes())
  app.use(signInRoutes(context, cookies).routes())
  app.use(confirmAddressRoutes(context, cookies).routes())
  const owner = requireOwner(context, cookies)
  app.use(sessionRoutes(context, owner).routes())
  app.use(onboardingWorkspaceRoutes(context, owner).routes())
  app.use(onboardingStripeRoutes(context, owner, ring).routes())
  app.use(panelRoutes(context, owner, ring).routes())
  app.use(jobRoutes(context, cookies, store).routes())
  return app
}
