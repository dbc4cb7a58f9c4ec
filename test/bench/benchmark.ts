import type { Stage } from './stage.js'

export interface Benchmark {
  readonly name: string
  /** Measures, and gives what is printed and what is written as JSON. It judges nothing. */
  run(stage: Stage, options: Options): Promise<{ readonly text: string; readonly data: object }>
}

export interface Options {
  /** For each round. */
  readonly seconds: number
  readonly rounds: number
}
