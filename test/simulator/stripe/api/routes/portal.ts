import type Stripe from 'stripe'
import { z } from 'zod'
import { namedCustomer } from '../customer-filter.js'
import { badRequest, noSuch, parameterMissing } from '../errors.js'
import { expand, notSimulated, oneOf, text, url } from '../params.js'
import { route } from '../route.js'

const afterCompletion = z.strictObject({
  type: oneOf(['hosted_confirmation', 'portal_homepage', 'redirect']),
  redirect: z.strictObject({ return_url: url }).optional(),
  hosted_confirmation: z.strictObject({ custom_message: text.optional() }).optional(),
} satisfies Record<keyof Stripe.BillingPortal.SessionCreateParams.FlowData.AfterCompletion, z.ZodType>)

const flowData = z.strictObject({
  type: oneOf(
    ['payment_method_update'],
    [
      'customer_update',
      'subscription_cancel',
      'subscription_pause',
      'subscription_update',
      'subscription_update_confirm',
    ],
  ),
  after_completion: afterCompletion.optional(),
  ...notSimulated('subscription_cancel', 'subscription_pause', 'subscription_update', 'subscription_update_confirm'),
} satisfies Record<keyof Stripe.BillingPortal.SessionCreateParams.FlowData, z.ZodType>)

const create = route(
  'POST',
  '/v1/billing_portal/sessions',
  'customer_portal_write',
  z.strictObject({
    customer: text.optional(),
    customer_account: text.optional(),
    return_url: url.optional(),
    locale: text.optional(),
    flow_data: flowData.optional(),
    expand: expand.optional(),
    ...notSimulated('after_expiration', 'configuration', 'on_behalf_of'),
  } satisfies Record<keyof Stripe.BillingPortal.SessionCreateParams, z.ZodType>),
  ({ account, params, sessions }) => {
    const { flow_data: flow, locale, return_url } = params
    const customer = namedCustomer(account, params)
    if (customer === undefined) throw parameterMissing('customer')
    if (account.store.deletedCustomers.has(customer)) throw noSuch('customer', customer, 'customer')
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
