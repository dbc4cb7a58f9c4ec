import type { StoredEvent } from '../src/recovery/receive-events.js'
import type { Ring } from './define-job.js'
import {
  processEventsJob,
  processLeftEventsJob,
  processLeftOtherEventsJob,
  processOtherEventsJob,
} from './process-events.js'

/** So many are processed one after the other: enough to share a job's cost, too few to keep a first mail waiting. */
const EVENTS_A_JOB = 10

/** A failed renewal has five minutes until its first mail: it goes before whatever else Stripe tells. */
export async function ringForEvents(ring: Ring, stored: readonly StoredEvent[]): Promise<void> {
  await ring(processEventsJob, ...failuresIn(stored))
  await ring(processOtherEventsJob, ...othersIn(stored))
}

/** For events whose own ring may be lost. */
export async function ringForLeftEvents(ring: Ring, left: readonly StoredEvent[]): Promise<void> {
  await ring(processLeftEventsJob, ...failuresIn(left))
  await ring(processLeftOtherEventsJob, ...othersIn(left))
}

const failuresIn = (events: readonly StoredEvent[]) => together(events.filter(({ isFailure }) => isFailure))
const othersIn = (events: readonly StoredEvent[]) => together(events.filter(({ isFailure }) => !isFailure))

/** A job is about one workspace. The order stays. */
function together(keys: readonly StoredEvent[]): { workspaceId: string; eventIds: string[] }[] {
  const jobs: { workspaceId: string; eventIds: string[] }[] = []
  const open = new Map<string, string[]>()
  for (const { workspaceId, eventId } of keys) {
    const eventIds = open.get(workspaceId)
    if (eventIds && eventIds.length < EVENTS_A_JOB) eventIds.push(eventId)
    else {
      const job = { workspaceId, eventIds: [eventId] }
      open.set(workspaceId, job.eventIds)
      jobs.push(job)
    }
  }
  return jobs
}
