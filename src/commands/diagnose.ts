import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { readDiagnoseInput } from '../config.js'
import { addUp } from '../diagnostics/add-up.js'
import { type FindingLine, findingsHead, findingsLines } from '../diagnostics/findings-csv.js'
import { MemoryKeeper } from '../diagnostics/memory-keeper.js'
import { firstSlices, ReadingPaused, readLists } from '../diagnostics/read-lists.js'
import { windowUntil } from '../diagnostics/window.js'
import { ReportBuilder } from '../domain/diagnostic-report.js'
import { StartError } from '../errors.js'
import { runCommand } from '../shutdown.js'
import { readApiKey } from '../stripe/api-key.js'
import { createStripeClient, stripeRefusal } from '../stripe/client.js'
import { readStripeClock } from '../stripe/listings.js'
import { LONG_READING, Pace } from '../stripe/pace.js'
import { progressBar } from './progress-bar.js'
import { reportText } from './report-text.js'

/**
 * `STRIPE_KEY=rk_... npm run -s diagnose`: the 90-day diagnostic of an account, with no database and no sign-in. The
 * report goes to standard output, its rows to a CSV file beside it, progress to standard error. It reads, and changes
 * nothing in Stripe.
 */
await runCommand(async () => {
  const { csvFile, stripeApiBase, stripeKey } = readDiagnoseInput()
  const key = readApiKey(stripeKey)
  if (!key.usable) throw new StartError(key.reason)
  const stripe = createStripeClient(stripeKey, stripeApiBase)
  const clock = { now: () => new Date(), wait: (ms: number) => sleep(ms) }
  const beganAt = clock.now()
  try {
    const told = await readStripeClock(stripe)
    const window = windowUntil(told ?? beganAt)
    const slices = firstSlices(window.inSeconds, randomUUID)
    const bar = progressBar(process.stderr)
    const keeper = new MemoryKeeper(slices, (reading) => bar.show(reading.progress()))
    await readLists({
      stripe,
      keeper,
      slices,
      pace: new Pace(LONG_READING[key.mode], clock),
      wait: clock.wait,
      stopping: new AbortController().signal,
      newId: randomUUID,
    })
    bar.end()

    const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
    const builder = new ReportBuilder()
    const counting = { livemode: key.mode === 'live', timeZone, wasPrompted: () => false }
    const lines: FindingLine[] = [...addUp(builder, keeper.dossiers(), counting)]
    await writeFile(csvFile, findingsHead() + findingsLines(lines), { mode: 0o600 })
    process.stdout.write(
      reportText({
        ...window,
        timeZone,
        report: builder.report(),
        mode: key.mode,
        unread: keeper.unread,
        unreadableObjects: keeper.unreadableObjects,
        invoices: keeper.progress().lists.find(({ listing }) => listing === 'invoices')?.seen ?? 0,
        tookMs: clock.now().getTime() - beganAt.getTime(),
        clockAhead: told ? Math.round((beganAt.getTime() - told.getTime()) / 1_000) : 0,
        names: new Map(lines.map(({ finding }) => [finding.customerId ?? '', finding.customerName ?? ''])),
      }),
    )
    process.stderr.write(`Each of these invoices is a line of ${csvFile}.\n`)
  } catch (error) {
    const words = inWords(error)
    throw words === null ? error : new StartError(words)
  }
})

function inWords(error: unknown): string | null {
  if (error instanceof ReadingPaused) return 'Stripe does not answer. Nothing was changed; try again in a few minutes.'
  switch (stripeRefusal(error)) {
    case 'key_rejected':
      return 'Stripe does not know this key: it was revoked, has expired, or a part of it is missing.'
    case 'permission_missing':
      return 'This key may not read invoices. Give it Invoices, read, in Stripe: nothing can be said without them.'
    case 'unreachable':
      return 'Stripe does not answer. Nothing was changed; try again in a few minutes.'
    case 'rate_limited':
      return 'Stripe has no time for this account now. Try again in a few minutes.'
    default:
      return null
  }
}
