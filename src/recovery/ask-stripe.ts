import { type Context, connectionOf } from '../context.js'
import { spendStripeCall } from '../db/queries/spend-stripe-call.js'
import { withinTime } from '../deadline.js'
import { stripeRefusal } from '../stripe/client.js'
import { fetchInvoice } from '../stripe/fetch-invoice.js'
import type { InvoiceFacts } from '../stripe/invoice-facts.js'

/** The invoice as Stripe has it, and the moment before we asked: what is older than that is out of date. */
export interface Truth {
  readonly facts: InvoiceFacts
  readonly asOf: Date
}

/** Calls a second that processing may take of an account's limit; Stripe's own are 25 and 100. */
const CALLS_A_SECOND = { test: 20, live: 60 }
const TIMEOUT_MS = 2_000

interface Question {
  readonly workspaceId: string
  readonly connectionId: string
  readonly invoiceId: string
  /** Asks even when this second's budget is spent. */
  readonly urgent: boolean
}

/**
 * Asks Stripe for the invoice, best effort: `null` when the budget is spent, or Stripe does not answer within two
 * seconds, or refuses. The caller acts on what it has and asks again later.
 */
export async function askStripe(context: Context, question: Question): Promise<Truth | null> {
  const { workspaceId, connectionId, invoiceId, urgent } = question
  try {
    const connection = await connectionOf(context, workspaceId, connectionId)
    const limit = CALLS_A_SECOND[connection.mode]
    const isWithinBudget = await spendStripeCall(context.db, connectionId, limit, context.now())
    if (!isWithinBudget && !urgent) return null

    const asOf = context.now()
    return { facts: await withinTime(fetchInvoice(context.stripe(connection), invoiceId), TIMEOUT_MS, 'Stripe'), asOf }
  } catch (error) {
    const refusal = stripeRefusal(error)
    context.log.warn(
      { err: error, workspaceId, invoiceId, refusal },
      'Stripe was asked for an invoice and did not give it',
    )
    return null
  }
}
