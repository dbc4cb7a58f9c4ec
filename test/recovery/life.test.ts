import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createWorkspace } from '../../src/accounts/create-workspace.js'
import type { Context } from '../../src/context.js'
import { CardPayment } from '../../src/db/models/card-payment.js'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { createResendMailer } from '../../src/mail/mailer.js'
import { audit, type Finding } from '../../src/recovery/audit.js'
import { WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import { truthOf } from '../simulator/history/truth.js'
import { type Simulators, startSimulators } from '../simulator/index.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { liveThrough } from '../support/live-through.js'

const database = useDatabase()
const DAY = 24 * 3_600_000
const UNTIL = Date.UTC(2026, 9, 1)

let simulators: Simulators
let context: Context

beforeAll(async () => {
  simulators = await startSimulators({
    seed: 'left alone',
    stripe: { afterRetries: 'cancel', clock: { manual: true } },
    mail: { now: () => simulators.stripe.account.clock.now() },
  })
  const { mail, stripe } = simulators
  const { clock } = stripe.account
  clock.setTo(UNTIL - 60 * DAY)
  context = {
    ...fakeContext({
      db: database.db,
      mail: createResendMailer({
        apiKey: mail.addKey(),
        from: 'SecondLoop <mail@secondloop.example>',
        baseUrl: mail.url,
      }),
      settings: { stripeApiBase: stripe.url },
    }),
    now: () => new Date(clock.now()),
    wait: async (ms) => clock.advance(ms),
  }
  const { workspaceId } = await createWorkspace(context, {
    ownerEmail: 'maya@fernhill.example',
    name: 'Fernhill',
    stripeKey: stripe.addKey(),
    webhookSecret: 'whsec_left_alone',
    promptsOn: true,
  })
  await liveThrough({
    context,
    simulators,
    workspaceId,
    events: new Set(WEBHOOK_EVENTS),
    history: { from: UNTIL - 60 * DAY, until: UNTIL, customers: 120, failures: 0.4 },
  })
}, 120_000)
afterAll(() => simulators.stop())

const cases = () => RecoveryCase.query(database.db)

describe('a business that was left alone for two months', () => {
  it('has figures as Stripe has them, to the cent, for every case', async () => {
    const ours = (await cases()).map(({ stripe_invoice_id: invoice, currency, exposure: exposed, ...row }) => {
      const { recovered, returned, lost, forgiven, open } = row
      return [invoice, { currency, exposed, recovered, returned, lost, forgiven, open }]
    })
    const theirs = truthOf(simulators.stripe.account).map((row) => {
      const { invoice, currency, exposed, recovered, returned, lost, forgiven, open } = row
      return [invoice, { currency, exposed, recovered, returned, lost, forgiven, open }]
    })
    expect(ours.length).toBeGreaterThan(50)
    expect(new Map(ours as never)).toEqual(new Map(theirs as never))
  })

  it('has nothing that an audit would object to', async () => {
    const found: Finding[] = []
    await audit(context, (finding) => void found.push(finding))
    expect(found).toEqual([])
  })

  it('paid with each new card once, and says which recoveries were its own doing', async () => {
    const paid = await CardPayment.query(database.db).where({ result: 'paid' })
    expect(paid.length).toBeGreaterThan(3)
    expect(new Set(paid.map(({ case_id, card }) => `${case_id} ${card}`)).size).toBe(paid.length)

    const recovered = await cases().where({ outcome: 'recovered' })
    const ways = new Set(recovered.map(({ paid_by }) => paid_by))
    expect([...ways].sort()).toEqual(['customer', 'out_of_band', 'retry', 'us'])
    expect(recovered.filter(({ paid_by }) => paid_by === 'us').every(({ assisted }) => assisted)).toBe(true)
    expect(recovered.some(({ assisted }) => !assisted)).toBe(true)
  })

  it('wrote to each customer once a failure, and to nobody who had paid', async () => {
    const mails = await CaseEntry.query(database.db).where({ kind: 'mail_accepted' })
    expect(new Set(mails.map(({ case_id }) => case_id)).size).toBe(mails.length)
    const closings = new Map((await cases()).map(({ id, closed_at }) => [id, closed_at]))
    for (const { case_id, at } of mails) {
      const closedAt = closings.get(case_id)
      expect(!closedAt || closedAt >= new Date(at.getTime() - 1_000)).toBe(true)
    }
  })
})
