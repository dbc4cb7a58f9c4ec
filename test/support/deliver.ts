import type { Context } from '../../src/context.js'
import { checkBeforeSending } from '../../src/recovery/check-before-sending.js'
import { type AfterDelivery, deliverTouches } from '../../src/recovery/deliver-touches.js'

/** What the two jobs do for a workspace at this moment: send, ask Stripe where that is called for, send again. */
export async function deliverAll(context: Context, workspace: { workspaceId: string }): Promise<AfterDelivery> {
  let after = await deliverTouches(context, workspace)
  if (after.checks) {
    await checkBeforeSending(context, workspace)
    after = await deliverTouches(context, workspace)
  }
  return after
}
