import type Stripe from 'stripe'
import { z } from 'zod'
import { pauseSubscription, resumeSubscription } from '../../billing/pausing.js'
import { expand, notSimulated, oneOf } from '../params.js'
import { route } from '../route.js'
import { subscriptionOf } from './subscriptions.js'

const pause = route(
  'POST',
  '/v1/subscriptions/:id/pause',
  'subscription_write',
  z.strictObject({
    type: oneOf(['subscription']).optional(),
    expand: expand.optional(),
    ...notSimulated('bill_for', 'invoicing_behavior'),
  } satisfies Record<keyof Stripe.SubscriptionPauseParams, z.ZodType>),
  ({ account, id }) => {
    const subscription = subscriptionOf(account, id)
    pauseSubscription(account, subscription)
    return subscription
  },
)

const anchor = oneOf(['now', 'unchanged'])

/** No prorations; with an anchor of now, which is Stripe's default, the invoice must be paid first. */
const resume = route(
  'POST',
  '/v1/subscriptions/:id/resume',
  'subscription_write',
  z.strictObject({
    // A plain word before 2026-09-30.endive.
    billing_cycle_anchor: z.union([z.strictObject({ type: anchor }).transform(({ type }) => type), anchor]).optional(),
    payment_behavior: oneOf(['resume_on_payment_attempt', 'resume_on_payment_success']).optional(),
    proration_behavior: oneOf(['none'], ['always_invoice', 'create_prorations']).optional(),
    expand: expand.optional(),
    ...notSimulated('proration_date'),
  } satisfies Record<keyof Stripe.SubscriptionResumeParams, z.ZodType>),
  ({ account, id, params }) => {
    const subscription = subscriptionOf(account, id)
    const chargesNow = params.payment_behavior === 'resume_on_payment_success'
    resumeSubscription(account, subscription, { anchor: params.billing_cycle_anchor ?? 'now', chargesNow })
    return subscription
  },
)

export const subscriptionPauseRoutes = [pause, resume]
