import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { eventually } from './eventually.js'
import { freePort } from './free-port.js'
import { isRedisInstalled } from './test-redis.js'

/** A real Redis Cluster: three masters without replicas, each with a third of the slots. */
export interface TestRedisCluster {
  /** Names one node; it tells of the others. */
  readonly url: string
  /** The same by each node. */
  readonly urls: readonly string[]
  /** The keys on each node. */
  keys(): Promise<string[][]>
  flush(): Promise<void>
  stop(): Promise<void>
}

const SLOTS = [
  [0, 5_460],
  [5_461, 10_922],
  [10_923, 16_383],
] as const

/** With signs that an address has to encode. */
const PASSWORD = 'a@b,c/d'

interface Node {
  readonly port: number
  readonly busPort: number
  readonly server: ChildProcess
  readonly client: Redis
}

/** Needs Redis 7, for a choice of the bus port. */
export async function startTestRedisCluster(): Promise<TestRedisCluster> {
  if (!isRedisInstalled) throw new Error('REQUIRE_REDIS=1, but redis-server is missing: apt-get install redis-server')
  const folder = await mkdtemp(join(tmpdir(), 'secondloop-cluster-'))
  const nodes: Node[] = []
  for (const _ of SLOTS) nodes.push(await startNode(folder))
  await joinNodes(nodes)
  const urls = nodes.map(({ port }) => `redis-cluster://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`)
  return {
    url: urls[0]!,
    urls,
    keys: () => Promise.all(nodes.map(({ client }) => client.keys('*'))),
    async flush() {
      await Promise.all(nodes.map(({ client }) => client.flushall()))
    },
    async stop() {
      await Promise.all(nodes.map(stopNode))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function startNode(folder: string): Promise<Node> {
  const [port, busPort] = [await freePort(), await freePort()]
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'no',
    requirepass: PASSWORD,
    'cluster-enabled': 'yes',
    'cluster-port': busPort,
    'cluster-config-file': `${port}.conf`,
    'cluster-node-timeout': 2_000,
  }
  const server = spawn(
    'redis-server',
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
  )
  const client = new Redis({ port, password: PASSWORD, maxRetriesPerRequest: null, retryStrategy: () => 50 })
  client.on('error', () => undefined) // It is asked until it answers.
  await client.ping()
  return { port, busPort, server, client }
}

async function joinNodes(nodes: readonly Node[]): Promise<void> {
  for (const [n, { client, port, busPort }] of nodes.entries()) {
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', n + 1)
    await client.call('CLUSTER', 'ADDSLOTSRANGE', ...SLOTS[n]!)
    if (n > 0) await nodes[0]!.client.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort)
  }
  await eventually(async () => {
    const seen = await Promise.all(nodes.map(({ client }) => client.call('CLUSTER', 'INFO')))
    return seen.every((text) => /cluster_state:ok/.test(`${text}`) && /cluster_size:3/.test(`${text}`))
  }, 15_000)
}

async function stopNode({ client, server }: Node): Promise<void> {
  client.disconnect()
  server.kill('SIGKILL')
  await once(server, 'exit')
}
