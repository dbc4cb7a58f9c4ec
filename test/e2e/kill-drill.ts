import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../simulator/random.js'
import { addresses, expectEachMailedOnce, type Installation, type Part, untilSettled } from './installation.js'

const FAILURES = 150
const ARRIVING_MS = 6_000
const KILLS = 2

/**
 * 150 renewals of 150 customers fail, a fifth of the webhooks comes twice and all in no order, while web and worker are
 * killed with -9 at moments that a seed decides, in the end both at once.
 */
export async function killDrill(installation: Installation): Promise<void> {
  const { seed, simulators, web, worker } = installation
  const { stripe, mail } = simulators
  stripe.webhooks.configure({ duplicates: 0.2, shuffleMs: ARRIVING_MS, retryMs: [100, 250, 500] })
  // Longer calls are cut more often: after the provider took the mails, before the worker wrote that down.
  mail.faults.add({ route: 'POST /emails/batch', kind: 'slow', ms: 300 })

  const customers = addresses('drill', FAILURES)
  const invoices = installation.failRenewals(customers)
  await Promise.all([
    killAgainAndAgain(web, new Random(`${seed}, web`)),
    killAgainAndAgain(worker, new Random(`${seed}, worker`)),
  ])
  await Promise.all([web.stop('SIGKILL'), worker.stop('SIGKILL')])
  await Promise.all([web.start(), worker.start()])

  await untilSettled(installation, FAILURES, 150_000)
  await expectEachMailedOnce(installation, invoices, customers)
}

async function killAgainAndAgain(part: Part, random: Random): Promise<void> {
  for (let kills = 0; kills < KILLS; kills += 1) {
    await sleep(500 + random.next() * 1_500)
    await part.stop('SIGKILL')
    await part.start()
  }
}
