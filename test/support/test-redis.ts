import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { Redis } from 'ioredis'
import { freePort } from './free-port.js'

export const isRedisInstalled = spawnSync('redis-server', ['--version']).status === 0

/** A real Redis on a port of its own that can be killed and brought back. */
export interface TestRedis {
  readonly url: string
  start(): Promise<void>
  kill(): Promise<void>
  flush(): Promise<void>
}

export async function createTestRedis(): Promise<TestRedis> {
  if (!isRedisInstalled) throw new Error('REQUIRE_REDIS=1, but redis-server is missing: apt-get install redis-server')
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let server: ChildProcess | null = null
  return {
    url,
    async start() {
      if (server?.exitCode === null) return
      server = spawn('redis-server', [
        '--port',
        String(port),
        '--save',
        '',
        '--appendonly',
        'no',
        '--bind',
        '127.0.0.1',
      ])
      const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 })
      client.on('error', () => undefined) // It is asked until it answers.
      await client.ping()
      client.disconnect()
    },
    async kill() {
      const dying = server
      server = null
      if (dying?.exitCode !== null) return
      dying.kill('SIGKILL')
      await once(dying, 'exit')
    },
    async flush() {
      const client = new Redis(url)
      await client.flushall()
      client.disconnect()
    },
  }
}
