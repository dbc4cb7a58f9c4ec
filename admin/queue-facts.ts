import { QUEUES, type QueueName } from '../jobs/define-job.js'
import type { QueueStore } from '../jobs/queue.js'
import { withinTime } from '../src/deadline.js'

/** How a queue stands; ages count from `since`. */
export interface QueueFacts {
  readonly name: QueueName
  readonly waiting: number
  readonly active: number
  readonly delayed: number
  readonly failed: number
  /** When the longest waiting job was rung for; `null`: none waits. */
  readonly oldestWaitingAt: Date | null
  /** Processes that take jobs from it now. */
  readonly workers: number
}

const PATIENCE_MS = 2_000

/** @returns `null` when the queues do not answer: what must happen stands in tables, and is done later */
export async function readQueues(store: Pick<QueueStore, 'queue'>): Promise<QueueFacts[] | null> {
  const names = Object.keys(QUEUES) as QueueName[]
  try {
    return await withinTime(Promise.all(names.map((name) => factsOf(store, name))), PATIENCE_MS, 'The queue')
  } catch {
    // The store's own listeners have logged why.
    return null
  }
}

async function factsOf(store: Pick<QueueStore, 'queue'>, name: QueueName): Promise<QueueFacts> {
  const queue = store.queue(name)
  const [counts, [oldest], workers] = await Promise.all([
    queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed'),
    queue.getJobs(['waiting', 'prioritized'], 0, 0, true),
    queue.getWorkersCount(),
  ])
  const { waiting = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counts
  return {
    name,
    waiting: waiting + prioritized,
    active,
    delayed,
    failed,
    oldestWaitingAt: oldest ? new Date(oldest.timestamp) : null,
    workers,
  }
}
