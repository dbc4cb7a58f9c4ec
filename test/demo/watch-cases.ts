import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../../src/context.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { type PeriodSums, sumsOfPeriod } from '../../src/db/queries/sums-of-period.js'
import { formatMoney } from '../../src/domain/money.js'

/** What the demo has seen since its start. */
export interface DemoTally {
  /** Ids of the cases. */
  readonly opened: Set<string>
  readonly recovered: Set<string>
  mailed: number
  /** Milliseconds from webhook to acceptance. */
  readonly toFirstTouch: number[]
  /** In the end, the week before included; a row a currency. */
  sums: PeriodSums[]
}

interface Line {
  id: number
  case_id: string
  kind: string
  at: Date
  detail: { afterMs?: number }
  customer_name: string | null
  exposure: number
  currency: string
  decline_code: string | null
  failed_at: Date
}

const LOOK_EVERY_MS = 250

/** Says a plain line each time a case opens, its mail is accepted, or it is recovered, until it is stopped. */
export async function watchCases(
  context: Context,
  say: (line: string) => void,
  stopping: AbortSignal,
): Promise<DemoTally> {
  const tally: DemoTally = { opened: new Set(), recovered: new Set(), mailed: 0, toFirstTouch: [], sums: [] }
  let seen = await newestLine(context)
  const look = async () => {
    for (const line of await newLines(context, seen)) {
      seen = line.id
      const words = inWords(line, tally)
      if (words) say(`${clock(new Date())}  ${words}`)
    }
  }
  while (!stopping.aborted) {
    await look()
    await sleep(LOOK_EVERY_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
  await look()
  const connection = await StripeConnection.query(context.db).findOne({ replaced_at: null }).throwIfNotFound()
  const { sums } = await sumsOfPeriod(context.db, {
    workspaceId: connection.workspace_id,
    connectionId: connection.id,
    from: new Date(0),
    until: new Date(context.now().getTime() + 1_000),
    timeZone: 'UTC',
  })
  tally.sums = sums
  return tally
}

/** What was there before is not told. */
async function newestLine({ db }: Context): Promise<number> {
  const [newest] = await db('case_entries').max({ id: 'id' })
  return Number(newest?.id ?? 0)
}

function newLines({ db }: Context, after: number): Promise<Line[]> {
  return db('case_entries as entry')
    .join('recovery_cases as case', 'case.id', 'entry.case_id')
    .where('entry.id', '>', after)
    .orderBy('entry.id')
    .select('entry.id', 'entry.case_id', 'entry.kind', 'entry.at', 'entry.detail')
    .select('case.customer_name', 'case.exposure', 'case.currency', 'case.decline_code', 'case.failed_at')
}

function inWords(line: Line, tally: DemoTally): string | null {
  const amount = formatMoney({ amount: line.exposure, currency: line.currency }, 'en-US')
  const who = `${(line.customer_name ?? 'A customer').padEnd(18)} ${amount.padStart(12)}`
  switch (line.kind) {
    case 'stripe_told':
      tally.opened.add(line.case_id)
      return `Case opened    ${who}   ${line.decline_code ?? 'declined'}`
    case 'mail_accepted':
      tally.mailed += 1
      tally.toFirstTouch.push(line.detail.afterMs ?? 0)
      return `Mail accepted  ${who}   ${seconds(line.detail.afterMs ?? 0)} after the webhook`
    case 'recovered':
      if (tally.opened.has(line.case_id)) tally.recovered.add(line.case_id)
      return `Recovered      ${who}   in ${seconds(line.at.getTime() - line.failed_at.getTime())}`
    default:
      return null
  }
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)}s`
const clock = (at: Date) => at.toLocaleTimeString('en-GB')
