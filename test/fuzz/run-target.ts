import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import type { Target } from './target.js'

export interface Report {
  readonly name: string
  readonly cases: number
  /** How often each thing came of a case's parts. */
  readonly counts: ReadonlyMap<string, number>
  readonly seconds: number
  readonly slowestMs: number
  /** MiB that are in use after each tenth of the run, once garbage is gone; empty where `--expose-gc` was not given. */
  readonly heap: readonly number[]
  /** What was found, by its smallest case; `null`: nothing. */
  readonly fault: string | null
}

interface Run {
  readonly cases: number
  readonly seed: number
  /** Once this is aborted, no further case is tried. */
  readonly until?: AbortSignal
}

/** Tries that many cases of a target, the same for the same seed, one after the other. */
export async function runTarget<Case>(target: Target<Case>, { cases, seed, until }: Run): Promise<Report> {
  const counts = new Map<string, number>()
  const heap: number[] = []
  const stray = strayFaults()
  let [tried, slowestMs] = [0, 0]
  const property = fc.asyncProperty(target.cases, async (one) => {
    if (until?.aborted) return
    const began = performance.now()
    for (const word of await target.attempt(one)) counts.set(word, (counts.get(word) ?? 0) + 1)
    slowestMs = Math.max(slowestMs, performance.now() - began)
    stray.rethrow()
    tried += 1
    if (tried % Math.ceil(cases / 10) === 0) heap.push(...(await heapInUse()))
  })
  const began = performance.now()
  try {
    const result = await fc.check(property, { numRuns: cases, seed })
    const seconds = (performance.now() - began) / 1_000
    return { name: target.name, cases: tried, counts, seconds, slowestMs, heap, fault: faultOf(target, result) }
  } finally {
    stray.end()
  }
}

function faultOf<Case>(target: Target<Case>, result: fc.RunDetails<[Case]>): string | null {
  if (!result.failed) return null
  const { counterexample, counterexamplePath, errorInstance, numRuns, numShrinks, seed } = result
  return [
    `${target.name}: case ${numRuns} of seed ${seed} (${counterexamplePath}), made smaller ${numShrinks} times`,
    counterexample ? target.describe(counterexample[0]) : 'no case',
    errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance),
  ].join('\n')
}

/** What nobody awaited and nobody caught would end the process: here it ends the case that was under way. */
function strayFaults() {
  const faults: unknown[] = []
  const note = (fault: unknown) => void faults.push(fault)
  const kinds = ['unhandledRejection', 'uncaughtException'] as const
  for (const kind of kinds) process.on(kind, note)
  return {
    rethrow() {
      const [fault] = faults.splice(0)
      if (fault) throw fault
    },
    end() {
      for (const kind of kinds) process.off(kind, note)
    },
  }
}

async function heapInUse(): Promise<number[]> {
  if (!globalThis.gc) return []
  await sleep(20) // Answers that are under way end.
  globalThis.gc()
  return [process.memoryUsage().heapUsed / 1_048_576]
}

/** MiB that the heap may gain between its second tenth, when all is warm, and its end. */
const MAY_GAIN = 12

/** Whether it grew and went on growing; a step up and then a plain is a cache. */
export function grows(heap: readonly number[]): boolean {
  const [, warm, ...later] = heap
  const last = later.slice(-3)
  return warm !== undefined && last.length === 3 && Math.min(...last) > warm + MAY_GAIN
}
