import type { JobsOptions } from 'bullmq'
import type { z } from 'zod'
import type { Context } from '../src/context.js'

/** Queues keep kinds of work apart: a long line of mails never delays an event, nor a long check the sweep. */
export const QUEUES = {
  events: { concurrency: 20 },
  mail: { concurrency: 4 },
  upkeep: { concurrency: 2 },
  checks: { concurrency: 4 },
  diagnostics: { concurrency: 2 },
} as const

export type QueueName = keyof typeof QUEUES

/**
 * One kind of job. Its payload holds ids only, never personal data. A job says "look now": what must happen stands in
 * Postgres, so a job that is lost, late or run twice does no harm.
 */
export interface JobDefinition<Payload = unknown> {
  readonly name: string
  readonly queue: QueueName
  readonly payload: z.ZodType<Payload>
  /** Jobs with a `priority` wait until none without one waits in their queue. */
  readonly options: Pick<JobsOptions, 'attempts' | 'backoff' | 'priority'>
  /** Rings with the same answer become one: one waits while one runs. */
  coalesce?(payload: Payload): string
  run(context: Context, payload: Payload, ring: Ring): Promise<void>
  /** The last attempt failed. */
  exhausted?(context: Context, payload: Payload, reason: string): Promise<void>
}

/** Rings for a job after the commit that made it necessary. Never fails: the sweep repairs a lost ring. */
export interface Ring {
  <Payload>(job: JobDefinition<Payload>, ...payloads: Payload[]): Promise<void>
  /** At a time to come; rings for the same second become one. */
  at<Payload>(time: Date, job: JobDefinition<Payload>, payload: Payload): Promise<void>
}

export function defineJob<Payload>(definition: JobDefinition<Payload>): JobDefinition<Payload> {
  return definition
}
