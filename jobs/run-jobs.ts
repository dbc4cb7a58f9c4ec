import { type Job, UnrecoverableError } from 'bullmq'
import type { Context } from '../src/context.js'
import { messageOf, PermanentError } from '../src/errors.js'
import type { Running } from '../src/shutdown.js'
import { type JobDefinition, QUEUES, type QueueName, type Ring } from './define-job.js'
import { JOBS } from './index.js'
import { createRing, type QueueStore } from './queue.js'
import { SCHEDULES, type Schedule } from './schedule.js'

/** Redis may be flushed, and the schedules with it: whether they are there is looked at this often. */
const RESCHEDULE_MS = 5_000
/** Clocks of two machines differ by less. */
const WRONG_CLOCK_MS = 10_000

/**
 * Starts the workers of every queue and keeps the schedules.
 *
 * @returns what stops them: jobs under way are finished, none is begun
 */
export function runJobs(context: Context, store: QueueStore, definitions = JOBS, schedules = SCHEDULES): Running {
  const ring = createRing(store, context.log)
  const jobs = new Map(definitions.map((job) => [job.name, job]))
  const workers = (Object.keys(QUEUES) as QueueName[]).map((name) =>
    store.worker(name, (job: Job) => runJob(context, jobs, job, ring), QUEUES[name]),
  )
  void keepSchedules(context, store, schedules)
  for (const { job, atStart } of schedules) if (atStart) void ring(job, {})
  const timer = setInterval(() => void keepSchedules(context, store, schedules), RESCHEDULE_MS)

  return {
    async stop() {
      clearInterval(timer)
      await Promise.all(workers.map((worker) => worker.close()))
    },
  }
}

async function runJob(context: Context, jobs: Map<string, JobDefinition>, job: Job, ring: Ring): Promise<void> {
  const definition = jobs.get(job.name)
  if (!definition) throw new UnrecoverableError(`No job is called ${job.name}`)
  const payload = definition.payload.safeParse(job.data)
  if (!payload.success) throw new UnrecoverableError(`The payload of ${job.name} is not what it should be`)

  const took = context.metrics.jobSeconds.startTimer({ job: job.name })
  const end = (result: 'done' | 'failed' | 'given_up') => {
    took()
    context.metrics.jobs.inc({ job: job.name, result })
  }
  try {
    await definition.run(context, payload.data, ring)
    end('done')
  } catch (error) {
    const isLast = error instanceof PermanentError || job.attemptsMade + 1 >= (job.opts.attempts ?? 1)
    const entry = { err: error, job: job.name, jobId: job.id, attempt: job.attemptsMade + 1, isLast }
    end(isLast ? 'given_up' : 'failed')
    context.log[isLast ? 'error' : 'warn'](entry, 'a job failed')
    if (isLast) await definition.exhausted?.(context, payload.data, messageOf(error))
    if (error instanceof PermanentError) throw new UnrecoverableError(error.message)
    throw error
  }
}

async function keepSchedules({ log }: Context, store: QueueStore, schedules: readonly Schedule[]): Promise<void> {
  for (const { job, everyMs } of schedules) {
    try {
      const queue = store.queue(job.queue)
      const kept = await queue.getJobScheduler(job.name)
      const isFarAhead = kept?.next !== undefined && kept.next > Date.now() + everyMs + WRONG_CLOCK_MS
      if (kept?.every === everyMs && !isFarAhead) continue
      // A worker whose clock was wrong planned the next round: kept, the schedule would stand still until then.
      if (isFarAhead) await queue.removeJobScheduler(job.name)
      const opts = { removeOnComplete: 10, removeOnFail: 100 }
      await queue.upsertJobScheduler(job.name, { every: everyMs }, { name: job.name, data: {}, opts })
    } catch (error) {
      log.warn({ err: error, job: job.name }, 'a schedule could not be kept, it is tried again')
    }
  }
}
