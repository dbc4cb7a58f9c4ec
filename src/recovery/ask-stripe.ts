import { type Context, connectionOf } from '../context.js'
import { withinTime } from '../deadline.js'
import { stripeRefusal } from '../stripe/client.js'
import { fetchInvoice } from '../stripe/fetch-invoice.js'
import type { InvoiceFacts } from '../stripe/invoice-facts.js'
import type { SubscriptionFacts } from '../stripe/subscription-facts.js'
import { takeStripeCall } from './take-stripe-call.js'

/** The invoice as Stripe has it, and the moment before we asked: what is older than that is out of date. */
export interface Truth {
  readonly facts: InvoiceFacts
  /** `null` where the key may not read it. */
  readonly subscription: SubscriptionFacts | null
  readonly asOf: Date
}

/** Calls a second that processing may take of an account's limit; Stripe's own are 25 and 100. */
const CALLS_A_SECOND = { test: 20, live: 60 }
const TIMEOUT_MS = 2_000
const LONGEST_WAIT_MS = 10_000

interface Question {
  readonly workspaceId: string
  readonly connectionId: string
  readonly invoiceId: string
  /**
   * What to do when this second's budget is spent: act without an answer, ask all the same, or wait for a later second.
   */
  readonly beyondBudget: 'skip' | 'ask' | 'wait'
}

/**
 * Asks Stripe for the invoice, best effort: `null` when the budget is spent, or Stripe does not answer within two
 * seconds, or refuses. The caller acts on what it has and asks again later.
 */
export async function askStripe(context: Context, question: Question): Promise<Truth | null> {
  const { workspaceId, connectionId, invoiceId, beyondBudget } = question
  try {
    const connection = await connectionOf(context, workspaceId, connectionId)
    const mayAsk = await takeStripeCall(context, connectionId, {
      limit: CALLS_A_SECOND[connection.mode],
      withinMs: beyondBudget === 'wait' ? LONGEST_WAIT_MS : 0,
    })
    if (!mayAsk && beyondBudget !== 'ask') return null

    const asOf = context.now()
    const answer = fetchInvoice(context.stripe(connection), invoiceId, { asOf, capabilities: connection.capabilities })
    return { ...(await withinTime(answer, TIMEOUT_MS, 'Stripe')), asOf }
  } catch (error) {
    const refusal = stripeRefusal(error)
    context.log.warn(
      { err: error, workspaceId, invoiceId, refusal },
      'Stripe was asked for an invoice and did not give it',
    )
    return null
  }
}
