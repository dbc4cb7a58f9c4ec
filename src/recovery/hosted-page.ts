import { type Context, connectionOf } from '../context.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'
import { isStripePage } from '../stripe/portal.js'

/**
 * The page on which a customer pays and confirms this invoice: fresh, as these expire, or else the last one known.
 *
 * @returns `null` when Stripe gives none, or one that is not its own
 */
export async function hostedPage(context: Context, recoveryCase: RecoveryCase): Promise<string | null> {
  const { workspace_id, connection_id, stripe_invoice_id, hosted_invoice_url, id } = recoveryCase
  const url = await fresh().catch((error: unknown) => {
    context.log.warn({ err: error, caseId: id }, 'Stripe gave no page for an invoice')
    return hosted_invoice_url
  })
  return url && isStripePage(url, context.settings.stripeApiBase) ? url : null

  async function fresh(): Promise<string | null> {
    const stripe = context.stripe(await connectionOf(context, workspace_id, connection_id))
    return (await stripe.invoices.retrieve(stripe_invoice_id)).hosted_invoice_url ?? hosted_invoice_url
  }
}
