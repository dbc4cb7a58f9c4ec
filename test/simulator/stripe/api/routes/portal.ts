import type Stripe from 'stripe'
import { z } from 'zod'
import { badRequest, parameterMissing } from '../errors.js'
import { expand } from '../params.js'
import { route } from '../route.js'
import { customerOf } from './customers.js'

const afterCompletion = z.strictObject({
  type: z.enum(['hosted_confirmation', 'portal_homepage', 'redirect']),
  redirect: z.strictObject({ return_url: z.url() }).optional(),
  hosted_confirmation: z.strictObject({ custom_message: z.string().optional() }).optional(),
})

const create = route(
  'POST',
  '/v1/billing_portal/sessions',
  'customer_portal_write',
  z.strictObject({
    customer: z.string(),
    return_url: z.url().optional(),
    locale: z.string().optional(),
    configuration: z.string().optional(),
    after_expiration: z
      .strictObject({
        type: z.enum(['customer_login']),
        customer_login: z.strictObject({ expires_at: z.string().optional() }).optional(),
      })
      .optional(),
    flow_data: z
      .strictObject({ type: z.enum(['payment_method_update']), after_completion: afterCompletion.optional() })
      .optional(),
    expand: expand.optional(),
  }),
  ({ account, params, sessions }) => {
    const { customer, flow_data: flow, locale, return_url } = params
    customerOf(account, customer, 'customer')
    if (!account.settings.portalConfigured) throw notConfigured(account.livemode)
    if (flow?.after_completion?.type === 'redirect' && !flow.after_completion.redirect) {
      throw parameterMissing('flow_data[after_completion][redirect]')
    }
    return sessions.create({
      customer,
      return_url: return_url ?? null,
      locale: locale ?? null,
      flow: flow ? flowOf(flow.after_completion) : null,
    })
  },
)

export const portalRoutes = [create]

function flowOf(after: z.output<typeof afterCompletion> | undefined): Stripe.BillingPortal.Session['flow'] {
  return {
    after_completion: {
      hosted_confirmation:
        after?.type === 'hosted_confirmation'
          ? { custom_message: after.hosted_confirmation?.custom_message ?? null }
          : null,
      redirect: after?.redirect ?? null,
      type: after?.type ?? 'portal_homepage',
    },
    customer_update: null,
    subscription_cancel: null,
    subscription_pause: null,
    subscription_update: null,
    subscription_update_confirm: null,
    type: 'payment_method_update',
  }
}

function notConfigured(livemode: boolean) {
  const mode = livemode ? 'live' : 'test'
  return badRequest(
    `No configuration provided and your ${mode} mode default configuration has not been created. Provide a configuration or create your default by saving your customer portal settings in ${mode} mode at https://dashboard.stripe.com/${livemode ? '' : 'test/'}settings/billing/portal.`,
  )
}
