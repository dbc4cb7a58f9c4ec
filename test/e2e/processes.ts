import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

/** Variables of a process. It inherits nothing but where programs are. */
export type Environment = Readonly<Record<string, string>>

/** How a process ended, and all that it said. */
export interface Ended {
  /** `null`: a signal ended it. */
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A process of the product, run from source. */
export interface StartedProcess {
  readonly ended: Promise<Ended>
  /** Standard output and standard error so far. */
  said(): string
  /** Sends the signal and waits for the end. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<Ended>
}

const living = new Set<ChildProcess>()

/** @param script from the root of the repository, such as `jobs/worker.ts` */
export function startProcess(script: string, environment: Environment): StartedProcess {
  return start(process.execPath, ['--import', 'tsx', script], environment)
}

function start(program: string, args: readonly string[], environment: Environment): StartedProcess {
  const child = spawn(program, args, {
    cwd: REPOSITORY,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  living.add(child)
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const ended = once(child, 'close').then(([status]): Ended => {
    living.delete(child)
    return { status, stdout, stderr }
  })
  return {
    ended,
    said: () => stdout + stderr,
    kill(signal) {
      child.kill(signal)
      return ended
    },
  }
}

/** Runs a command to its end. */
export function runCommand(script: string, environment: Environment): Promise<Ended> {
  return startProcess(script, environment).ended
}

/** Runs a script of package.json to its end, as a person does at the terminal. */
export function runScript(name: string, environment: Environment): Promise<Ended> {
  return start('npm', ['run', '-s', name], environment).ended
}

/** A test that failed half-way leaves nothing running. */
export async function killLeftovers(): Promise<void> {
  const closed = [...living].map((child) => once(child, 'close'))
  for (const child of living) child.kill('SIGKILL')
  await Promise.all(closed)
}

/** On two cores that a dozen processes share, a start can take long. */
const UP_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 100

/** Waits until a process does its work. @throws with what it said, when it does not */
export async function untilUp(started: StartedProcess, isUp: () => boolean | Promise<boolean>): Promise<void> {
  let hasEnded = false
  void started.ended.then(() => {
    hasEnded = true
  })
  const deadline = Date.now() + UP_WITHIN_MS
  while (!hasEnded && Date.now() < deadline) {
    if (await isUp()) return
    await sleep(LOOK_EVERY_MS)
  }
  throw new Error(`It did not come up. It said:\n${started.said()}`)
}

export async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    (answer) => answer.status === 200,
    () => false,
  )
}

/**
 * A free port that stays free while nobody listens: below the range that the system takes for outgoing connections
 * (32768 and above on Linux, 49152 and above elsewhere).
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const server = createServer()
    server.listen(port)
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
