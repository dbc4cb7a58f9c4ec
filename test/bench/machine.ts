import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { cpus, loadavg, totalmem } from 'node:os'

/** Where and with what was measured: figures without it can't be compared. */
export interface Machine {
  readonly cpus: number
  readonly model: string
  readonly memoryMiB: number
  /** Processes that ran or wanted to in the last minute: above `cpus`, others took their share of what is measured. */
  readonly load: number
  readonly platform: string
  readonly commit: string
  readonly versions: Readonly<Record<string, string>>
}

const PACKAGES = ['koa', 'stripe', 'bullmq', 'pg', 'react', '@react-email/render']

export function describeMachine(): Machine {
  const all = cpus()
  return {
    cpus: all.length,
    model: all[0]?.model ?? 'unknown',
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    load: loadavg()[0] ?? Number.NaN,
    platform: `${process.platform} ${process.arch}`,
    commit: said('git', ['describe', '--always', '--dirty']) ?? 'unknown',
    versions: {
      node: process.versions.node,
      redis: redisVersion() ?? 'not installed',
      ...Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
    },
  }
}

/** `null`: there is no `redis-server` here. */
export function redisVersion(): string | null {
  return said('redis-server', ['--version'])?.match(/v=(\S+)/)?.[1] ?? null
}

function said(program: string, args: string[]): string | null {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : null
}

const require = createRequire(import.meta.url)
const versionOf = (name: string): string =>
  (require(`../../node_modules/${name}/package.json`) as { version: string }).version
