import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/**
 * What this process counts, for `GET /metrics`. Names follow prometheus.io/docs/practices/naming: base units, totals end in
 * `_total`. Labels are few and never name a workspace, a customer or anything else of a tenant.
 */
export interface Metrics {
  readonly registry: Registry
  /** Answers to Stripe's webhooks: `accepted`, `duplicate`, `unverified`, `refused`, `not_stored`. */
  readonly webhooks: Counter<'result'>
  readonly webhookSeconds: Histogram
  /** From receipt of an event until it is processed. */
  readonly eventLagSeconds: Histogram
  /** From receipt of the webhook that opened a case until the provider took its first mail: the promise of five minutes. */
  readonly firstTouchSeconds: Histogram
  /** That the provider took: `first` or `reminder`. */
  readonly touches: Counter<'kind'>
  /** By the first part of the path, and the HTTP status or `none`. */
  readonly stripeCalls: Counter<'resource' | 'status'>
  readonly stripeCallSeconds: Histogram<'resource'>
  /** Calls that carry mails: `answered`, `not_accepted`, `unknown`. */
  readonly mailCalls: Counter<'result'>
  readonly mailCallSeconds: Histogram
  /** Ended jobs: `done`, `failed` for an attempt that is repeated, `given_up` for the last. */
  readonly jobs: Counter<'job' | 'result'>
  readonly jobSeconds: Histogram<'job'>
  /** How it stands in Postgres and in the queues, the same from whichever process tells it. Set when asked for. */
  readonly standing: {
    readonly unprocessedEvents: Gauge
    readonly oldestUnprocessedEventSeconds: Gauge
    readonly overdueTouches: Gauge
    readonly oldestOverdueTouchSeconds: Gauge
    readonly unknownDeliveries: Gauge
    readonly queueJobs: Gauge<'queue' | 'state'>
  }
}

const SHORT = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const CALL = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 10, 30]
const WAIT = [0.1, 0.5, 1, 3, 10, 30, 60, 120, 300, 600, 3_600]

/** A registry of its own for each context: two in one process, as tests have them, do not share figures. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `secondloop_${name}`, help, labelNames, registers })
  const histogram = <Label extends string>(name: string, help: string, buckets: number[], labelNames: Label[] = []) =>
    new Histogram({ name: `secondloop_${name}`, help, buckets, labelNames, registers })
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name: `secondloop_${name}`, help, labelNames, registers })
  return {
    registry,
    webhooks: counter('webhooks_total', 'Stripe webhooks, by what was answered', ['result']),
    webhookSeconds: histogram('webhook_duration_seconds', 'Time to answer a Stripe webhook', SHORT),
    eventLagSeconds: histogram('event_lag_seconds', 'From receipt of an event until it is processed', WAIT),
    firstTouchSeconds: histogram('first_touch_seconds', 'From webhook until the provider took the first mail', WAIT),
    touches: counter('touches_total', 'Touches that the mail provider took', ['kind']),
    stripeCalls: counter('stripe_calls_total', 'Calls to Stripe, by answer', ['resource', 'status']),
    stripeCallSeconds: histogram('stripe_call_duration_seconds', 'Time of a call to Stripe', CALL, ['resource']),
    mailCalls: counter('mail_calls_total', 'Calls to the mail provider that carry mails, by their fate', ['result']),
    mailCallSeconds: histogram('mail_call_duration_seconds', 'Time of a call that carries mails', CALL),
    jobs: counter('jobs_total', 'Attempts of jobs, by their end', ['job', 'result']),
    jobSeconds: histogram('job_duration_seconds', 'Time of an attempt of a job', CALL, ['job']),
    standing: {
      unprocessedEvents: gauge('events_unprocessed', 'Events in the inbox that nobody has processed'),
      oldestUnprocessedEventSeconds: gauge('oldest_unprocessed_event_seconds', 'Age of the oldest of them, 0 without'),
      overdueTouches: gauge('touches_overdue', 'Touches that are due, held by nothing, and not on their way'),
      oldestOverdueTouchSeconds: gauge('oldest_overdue_touch_seconds', 'Time since the oldest of them was due'),
      unknownDeliveries: gauge('deliveries_unknown', 'Calls to the mail provider whose fate is not known yet'),
      queueJobs: gauge('queue_jobs', 'Jobs in a queue, by state', ['queue', 'state']),
    },
  }
}

/** Memory, processor time, event loop and garbage collection of this process. Once a process. */
export function countProcess({ registry }: Metrics): void {
  collectDefaultMetrics({ register: registry })
}
