import {
  createPostgresBackend,
  type Job,
  type PostgresConnectionOptions,
  Queue,
  runMigrations,
  Worker,
  type WorkerOptions,
} from 'bullmq'
import { Cluster, Redis } from 'ioredis'
import pg from 'pg'
import { withinTime } from '../src/deadline.js'
import type { Log } from '../src/log.js'
import type { JobDefinition, QueueName, Ring } from './define-job.js'

/**
 * Where the queues live: on Redis when there is a `REDIS_URL`, else in Postgres. Nothing else in the code knows which.
 */
export interface QueueStore {
  readonly backend: 'Postgres' | 'Redis'
  /** Makes the store ready for this version. Part of a release; safe to run at each start. */
  migrate(): Promise<void>
  queue(name: QueueName): Queue
  worker(name: QueueName, processor: Processor, options: WorkerSettings): Worker
  close(): Promise<void>
}

type Processor = (job: Job) => Promise<void>
type WorkerSettings = Pick<WorkerOptions, 'concurrency' | 'lockDuration' | 'stalledInterval'>

export interface QueueStoreOptions {
  readonly redisUrl: string | null
  readonly databaseUrl: string
  readonly log: Log
}

export function openQueueStore(options: QueueStoreOptions): QueueStore {
  return options.redisUrl ? openRedisStore(options.redisUrl, options.log) : openPostgresStore(options)
}

/** BullMQ's own schema; `public` holds none of its tables. */
const SCHEMA = 'bullmq'

function openPostgresStore({ databaseUrl, log }: QueueStoreOptions): QueueStore {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'secondloop-queues',
    options: `-c search_path=${SCHEMA}`,
    max: 12,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
  })
  // Each queue and each worker listens.
  pool.setMaxListeners(0)
  pool.on('error', (error) => log.warn({ err: error }, 'a connection of the queues broke'))
  // BullMQ describes the pool it takes in types of its own, which pg's do not match to the letter.
  const connection = pool as unknown as PostgresConnectionOptions
  return keepTrack(log, {
    backend: 'Postgres',
    async migrate() {
      const client = await pool.connect()
      try {
        await runMigrations(client, SCHEMA)
      } finally {
        client.release()
      }
    },
    queue: (name) => asQueue(new Queue(name, { connection }, createPostgresBackend)),
    worker: (name, processor, options) =>
      asWorker(new Worker(name, processor, { connection, ...options }, createPostgresBackend)),
    close: () => pool.end(),
  })
}

/** The two backends share BullMQ's public API; only the type of their connection differs. */
const asQueue = (queue: unknown) => queue as Queue
const asWorker = (worker: unknown) => worker as Worker

/**
 * What the keys of all queues begin with. In braces it is their hash tag: on a Redis Cluster they lie in one slot, which
 * BullMQ's scripts, each over several keys, ask for.
 */
const PREFIX = '{secondloop}'

function openRedisStore(url: string, log: Log): QueueStore {
  // A producer must never wait for a Redis that is gone: without the offline queue it fails at once.
  const producer = connectRedis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false })
  const consumer = connectRedis(url, { maxRetriesPerRequest: null, enableOfflineQueue: true })
  for (const redis of [producer, consumer])
    redis.on('error', (error) => log.warn({ err: error }, 'Redis does not answer'))
  return keepTrack(log, {
    backend: 'Redis',
    migrate: async () => undefined, // Redis needs no schema.
    queue: (name) => new Queue(name, { connection: producer, prefix: PREFIX }),
    worker: (name, processor, options) =>
      new Worker(name, processor, { connection: consumer, prefix: PREFIX, ...options }),
    async close() {
      producer.disconnect()
      consumer.disconnect()
    },
  })
}

interface RedisManners {
  readonly maxRetriesPerRequest: number | null
  readonly enableOfflineQueue: boolean
}

/** @param url begins with `redis:` or `rediss:`, or with `redis-cluster:` or `rediss-cluster:` for a Redis Cluster */
function connectRedis(url: string, { maxRetriesPerRequest, enableOfflineQueue }: RedisManners): Redis | Cluster {
  if (!/^rediss?-cluster:/.test(url)) return new Redis(url, { maxRetriesPerRequest, enableOfflineQueue })
  const { protocol, hostname, port, username, password } = new URL(url)
  return new Cluster([{ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) }], {
    enableOfflineQueue,
    // As with one Redis: each try of each connection is a line in the log.
    clusterRetryStrategy: (times) => Math.min(times * 50, 2_000),
    // Names stay names until each connection is made: certificates are for names, and one name may lead to many nodes.
    dnsLookup: (address, found) => found(null, address),
    redisOptions: {
      maxRetriesPerRequest,
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss-cluster:' && { tls: {} }),
    },
  })
}

/**
 * How soon the job of a killed worker is noticed and run again, in milliseconds: while it counts as active, rings for it
 * only wait. Half a minute, as BullMQ has it, is long before a first mail.
 */
const WATCH = { lockDuration: 10_000, stalledInterval: 5_000 }

/** One queue object a name, and everything that was opened is closed with the store. */
function keepTrack(log: Log, store: QueueStore): QueueStore {
  const queues = new Map<QueueName, Queue>()
  const workers: Worker[] = []
  return {
    backend: store.backend,
    migrate: store.migrate,
    queue(name) {
      const queue = queues.get(name) ?? store.queue(name)
      if (!queues.has(name))
        queue.on('error', (error) => log.warn({ err: error, queue: name }, 'the queue does not answer'))
      queues.set(name, queue)
      return queue
    },
    worker(name, processor, options) {
      const worker = store.worker(name, processor, { ...WATCH, ...options })
      backOff(worker, log)
      workers.push(worker)
      return worker
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()))
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      await store.close()
    },
  }
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/** A worker asks again at once when its store is down: thousands of times a second. Here it pauses, longer each time. */
function backOff(worker: Worker, log: Log): void {
  let pause = FIRST_PAUSE_MS
  let timer: NodeJS.Timeout | null = null

  worker.on('error', (error) => {
    if (timer || worker.closing) return
    log.warn({ err: error, queue: worker.name, pauseMs: pause }, 'the worker can not reach its queue')
    void worker.pause(true)
    timer = setTimeout(() => {
      timer = null
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
      if (!worker.closing) worker.resume()
    }, pause).unref()
  })
  worker.on('active', () => {
    pause = FIRST_PAUSE_MS
  })
}

/** How long a ring may take: the answer to a webhook and the work of a job never wait for a queue that is gone. */
const RING_MS = 250
const BULK_RING_MS = 5_000

/**
 * A bell that was answered has nothing more to tell: what it led to is in the tables. To keep the last thousand would cost
 * Postgres more than all else that a job costs, because each that ends looks through those kept.
 */
const KEPT = { removeOnComplete: true, removeOnFail: { age: 7 * 86_400, count: 1_000 } }

/**
 * Rings that coalesce wait once while one runs; the others are rung in bulk, without id: their handlers find what is
 * done already done.
 */
export function createRing(store: QueueStore, log: Log): Ring {
  const ring = async <Payload>(job: JobDefinition<Payload>, ...payloads: Payload[]) => {
    if (payloads.length === 0) return
    const { coalesce, name, options } = job
    const queue = store.queue(job.queue)
    const ringing = coalesce
      ? Promise.all(
          payloads.map((payload) =>
            queue.add(name, payload, {
              ...options,
              ...KEPT,
              deduplication: { id: `${name}-${coalesce(payload)}`, keepLastIfActive: true },
            }),
          ),
        )
      : queue.addBulk(payloads.map((data) => ({ name, data, opts: { ...options, ...KEPT } })))
    await heard(ringing, job, payloads.length)
  }
  const at = async <Payload>(time: Date, job: JobDefinition<Payload>, payload: Payload) => {
    const { coalesce, name, options } = job
    const second = Math.ceil(time.getTime() / 1_000)
    const delay = Math.max(0, second * 1_000 - Date.now())
    const deduplication = coalesce && { id: `${name}-${coalesce(payload)}-${second}` }
    const ringing = store.queue(job.queue).add(name, payload, {
      ...options,
      ...KEPT,
      delay,
      ...(deduplication && { deduplication }),
    })
    await heard(ringing, job, 1)
  }
  const heard = (ringing: Promise<unknown>, job: { readonly name: string }, rings: number) =>
    withinTime(ringing, rings > 100 ? BULK_RING_MS : RING_MS, 'The queue').catch((error: unknown) =>
      log.warn({ err: error, job: job.name, rings }, 'a ring was lost, the sweep repeats it'),
    )
  return Object.assign(ring, { at })
}
