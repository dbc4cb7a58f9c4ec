import type { Context } from '../src/context.js'
import { appliedMigrations } from '../src/db/migrate.js'
import { withinTime } from '../src/deadline.js'
import { readStanding } from '../src/recovery/read-standing.js'
import { QUEUES, type QueueName } from './define-job.js'
import type { QueueStore } from './queue.js'

/** Whether a process can do its work, and what it rests on. */
export interface Readiness {
  readonly isReady: boolean
  readonly database: 'ok' | 'does not answer'
  /** The database may be ahead of this version: the next one may be migrating it already. */
  readonly migrations: 'ok' | 'missing' | 'unknown'
  /** Without queues events are taken all the same, and wait in the database: that is no reason to take none. */
  readonly queue: 'ok' | 'does not answer'
  /** Age in seconds; 0 when all are processed, `null` when the database does not answer. */
  readonly oldestUnprocessedEventSeconds: number | null
}

const ANSWER_WITHIN_MS = 2_000
const STATES = ['waiting', 'prioritized', 'delayed', 'active', 'failed'] as const

export async function readReadiness(context: Context, store: QueueStore): Promise<Readiness> {
  const [database, queue] = await Promise.all([askDatabase(context), askQueue(context, store)])
  return { isReady: database.database === 'ok' && database.migrations === 'ok', ...database, queue }
}

async function askDatabase(context: Context) {
  try {
    const asked = Promise.all([appliedMigrations(context.db), readStanding(context)])
    const [{ pending }, standing] = await withinTime(asked, ANSWER_WITHIN_MS, 'The database')
    return {
      database: 'ok',
      migrations: pending.length > 0 ? 'missing' : 'ok',
      oldestUnprocessedEventSeconds: Math.round(standing.oldestUnprocessedEventMs / 1_000),
    } as const
  } catch (error) {
    context.log.warn({ err: error }, 'not ready: the database does not answer')
    return { database: 'does not answer', migrations: 'unknown', oldestUnprocessedEventSeconds: null } as const
  }
}

async function askQueue({ log }: Context, store: QueueStore) {
  try {
    await withinTime(store.queue('upkeep').getJobCounts('waiting'), ANSWER_WITHIN_MS, 'The queue')
    return 'ok' as const
  } catch (error) {
    log.warn({ err: error }, 'the queue does not answer')
    return 'does not answer' as const
  }
}

/**
 * Everything that this process counts, and how the whole stands, in Prometheus's text format. What can not be asked is left
 * out: a figure that is missing tells more than an old one.
 */
export async function readMetrics(context: Context, store: QueueStore): Promise<string> {
  const { registry, standing } = context.metrics
  const { queueJobs, ...lags } = standing
  for (const gauge of Object.values(lags)) gauge.remove()
  queueJobs.reset()
  const [stands, counts] = await Promise.allSettled([
    withinTime(readStanding(context), ANSWER_WITHIN_MS, 'The database'),
    withinTime(countJobs(store), ANSWER_WITHIN_MS, 'The queue'),
  ])
  for (const asked of [stands, counts])
    if (asked.status === 'rejected') context.log.warn({ err: asked.reason }, 'a figure is missing')
  if (stands.status === 'fulfilled') {
    standing.unprocessedEvents.set(stands.value.unprocessedEvents)
    standing.oldestUnprocessedEventSeconds.set(stands.value.oldestUnprocessedEventMs / 1_000)
    standing.overdueTouches.set(stands.value.overdueTouches)
    standing.oldestOverdueTouchSeconds.set(stands.value.oldestOverdueTouchMs / 1_000)
    standing.unknownDeliveries.set(stands.value.unknownDeliveries)
  }
  if (counts.status === 'fulfilled')
    for (const { count, queue, state } of counts.value) queueJobs.set({ queue, state }, count)
  return registry.metrics()
}

async function countJobs(store: QueueStore) {
  const names = Object.keys(QUEUES) as QueueName[]
  const counts = await Promise.all(names.map((name) => store.queue(name).getJobCounts(...STATES)))
  return names.flatMap((queue, n) => STATES.map((state) => ({ queue, state, count: counts[n]?.[state] ?? 0 })))
}
