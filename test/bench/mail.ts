import type { Benchmark } from './benchmark.js'
import { spreadOf } from './measure.js'
import type { RenderOrder, RenderResult } from './render-mails.js'
import { table, withEnds } from './table.js'

const MAILS = 150

/** React is another program when `NODE_ENV` is `production`, and `npm start` does not set it: both are told. */
const SURROUNDINGS = [
  { name: 'NODE_ENV=production', environment: { NODE_ENV: 'production' } },
  { name: 'NODE_ENV unset', environment: {} },
]

/** What rendering one first notice costs, warm. */
export const mail: Benchmark = {
  name: 'mail',
  async run(stage, { rounds }) {
    const measured = []
    for (const { name, environment } of SURROUNDINGS) {
      for (const invoices of [1, 4]) {
        const order: RenderOrder = { invoices, mails: MAILS, rounds }
        const cpuMs = spreadOf(await stage.ask<RenderResult>('test/bench/render-mails', order, environment))
        measured.push({ name, invoices, cpuMs })
      }
    }
    const rows = measured.map(({ name, invoices, cpuMs }) => [
      `${invoices} invoice${invoices > 1 ? 's' : ''}, ${name}`,
      withEnds(cpuMs, 2),
    ])
    return {
      text: [`${MAILS} mails a round`, '', table(['first notice', 'CPU ms a mail'], rows)].join('\n'),
      data: { mails: MAILS, rounds, measured },
    }
  },
}
