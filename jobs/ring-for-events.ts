import type { StoredEvent } from '../src/recovery/receive-events.js'
import type { Ring } from './define-job.js'
import { processEventJob, processOtherEventJob } from './process-event.js'

/** A failed renewal has five minutes until its first mail: it goes before whatever else Stripe tells. */
export async function ringForEvents(ring: Ring, stored: readonly StoredEvent[]): Promise<void> {
  const keysOf = (isWanted: boolean) =>
    stored
      .filter(({ isFailure }) => isFailure === isWanted)
      .map(({ workspaceId, eventId }) => ({ workspaceId, eventId }))
  await ring(processEventJob, ...keysOf(true))
  await ring(processOtherEventJob, ...keysOf(false))
}
