import type { JobDefinition } from './define-job.js'
import { sweepJob } from './sweep.js'

/** A job that comes round by itself. */
export interface Schedule {
  readonly job: JobDefinition<Record<string, never>>
  readonly everyMs: number
}

/** Every schedule there is. */
export const SCHEDULES: readonly Schedule[] = [{ job: sweepJob, everyMs: 15_000 }]
