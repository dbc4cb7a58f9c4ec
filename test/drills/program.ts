import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

interface Plan {
  /** `web-1`, `worker-2`: also names its log. */
  readonly name: string
  /** The build. */
  readonly folder: string
  /** From the root of the build. */
  readonly script: string
  readonly environment: Readonly<Record<string, string>>
  isUp(said: string): Promise<boolean> | boolean
}

const UP_WITHIN_MS = 60_000

/** A process of the product that dies and is started again, as a platform does it. */
export class Program {
  readonly name: string
  readonly #plan: Plan
  #child: ChildProcess | undefined
  #said = ''

  constructor(plan: Plan) {
    this.name = plan.name
    this.#plan = plan
  }

  get isAlive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Starts it unless it lives, and waits until it does its work; a platform that finds it dead starts it again. */
  async start(): Promise<void> {
    const deadline = Date.now() + UP_WITHIN_MS
    for (;;) {
      if (!this.isAlive) this.#spawn()
      if (await this.#plan.isUp(this.#said)) return
      if (Date.now() > deadline) throw new Error(`${this.name} did not come up. It said:\n${this.#said.slice(-3_000)}`)
      await sleep(50)
    }
  }

  async stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child
    if (!child || !this.isAlive) return
    const ended = once(child, 'close')
    child.kill(signal)
    await ended
  }

  #spawn(): void {
    const { environment, folder, name, script } = this.#plan
    const clock = ['--import', join(folder, 'test/drills/skewed-clock.js')]
    const log = createWriteStream(join(folder, `${name}.log`), { flags: 'a' })
    this.#said = ''
    const child = spawn(process.execPath, [...clock, join(folder, `${script}.js`)], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#said = `${this.#said}${text}`.slice(-20_000)
        log.write(text)
      })
    }
    child.once('close', () => log.end())
    this.#child = child
  }
}
