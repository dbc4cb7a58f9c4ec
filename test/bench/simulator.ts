import { freePort } from '../support/free-port.js'
import type { Benchmark } from './benchmark.js'
import { cpuOf } from './cpu.js'
import { spreadOf } from './measure.js'
import type { SimulateOrder, SimulateResult } from './simulate.js'
import type { Stage } from './stage.js'
import { table, whole, withEnds } from './table.js'

/** A failed renewal is 8 events: 50,000 events, and for memory as many renewals as a large drill has. */
const DELIVERED = 6_250
const MADE = 20_000

const SUBJECTS = [
  { name: 'made, delivered nowhere', renewals: MADE, apiVersion: null },
  { name: 'delivered as 2026-10-28.endive', renewals: DELIVERED, apiVersion: '2026-10-28.endive' },
  { name: 'delivered as 2024-09-30.acacia', renewals: DELIVERED, apiVersion: '2024-09-30.acacia' },
] as const

interface Round {
  readonly perSecond: number
  readonly seconds: number
  /** Shares of one core. */
  readonly simulatorCpu: number
  readonly receiverCpu: number
  /** For each failed renewal. */
  readonly rssKb: number
  readonly keptKb: number
  readonly missing: number
}

/** The simulator's own ceiling: what it makes, signs and delivers to a receiver in another process. */
export const simulator: Benchmark = {
  name: 'simulator',
  async run(stage, { rounds }) {
    const measured = []
    for (const subject of SUBJECTS) {
      const done: Round[] = []
      for (let round = 0; round < rounds; round += 1) done.push(await simulateOnce(stage, subject))
      measured.push({ name: subject.name, renewals: subject.renewals, ...summaryOf(done) })
    }
    return { text: textOf(measured), data: { rounds, measured } }
  },
}

async function simulateOnce(stage: Stage, { renewals, apiVersion }: (typeof SUBJECTS)[number]): Promise<Round> {
  const port = await freePort()
  const receiver = await stage.start('test/bench/take-webhooks', { BENCH_PORT: String(port) }, port)
  const cpuBefore = cpuOf(receiver.pid)
  const order: SimulateOrder = {
    renewals,
    ...(apiVersion && { endpoint: { url: `http://127.0.0.1:${port}/`, apiVersion } }),
  }
  const result = await stage.ask<SimulateResult>('test/bench/simulate', order)
  const receiverMs = cpuOf(receiver.pid) - cpuBefore
  await stage.stop(receiver)
  return {
    perSecond: result.events / result.seconds,
    seconds: result.seconds,
    simulatorCpu: result.cpuMs / 1_000 / result.seconds,
    receiverCpu: receiverMs / 1_000 / result.seconds,
    rssKb: result.rssBytes / 1_000 / renewals,
    keptKb: result.keptBytes / 1_000 / renewals,
    missing: apiVersion ? result.events - result.delivered : 0,
  }
}

type Summary = { readonly name: string; readonly renewals: number } & ReturnType<typeof summaryOf>

function summaryOf(rounds: readonly Round[]) {
  const spread = (of: (round: Round) => number) => spreadOf(rounds.map(of))
  return {
    perSecond: spread(({ perSecond }) => perSecond),
    seconds: spread(({ seconds }) => seconds),
    simulatorCpu: spread(({ simulatorCpu }) => simulatorCpu),
    receiverCpu: spread(({ receiverCpu }) => receiverCpu),
    rssKb: spread(({ rssKb }) => rssKb),
    keptKb: spread(({ keptKb }) => keptKb),
    missing: rounds.reduce((sum, { missing }) => sum + missing, 0),
  }
}

function textOf(measured: readonly Summary[]): string {
  const head = ['', 'renewals', 'events/s', 'seconds', 'cores', "receiver's cores", 'KB RSS', 'KB kept', 'missing']
  const rows = measured.map((one) => [
    one.name,
    whole(one.renewals),
    withEnds(one.perSecond, 0),
    withEnds(one.seconds, 1),
    withEnds(one.simulatorCpu, 2),
    withEnds(one.receiverCpu, 2),
    withEnds(one.rssKb, 1),
    withEnds(one.keptKb, 1),
    whole(one.missing),
  ])
  return [
    'failed renewals, 8 events each, signed and posted to a receiver in another process; KB are growth for each renewal',
    '',
    table(head, rows),
  ].join('\n')
}
