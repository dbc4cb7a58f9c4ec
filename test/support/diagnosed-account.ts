import type { Context } from '../../src/context.js'
import type { Db } from '../../src/db/knex.js'
import { Diagnostic } from '../../src/db/models/diagnostic.js'
import { DiagnosticFinding } from '../../src/db/models/diagnostic-finding.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { askForDiagnostic } from '../../src/diagnostics/ask-for-diagnostic.js'
import { runDiagnostic } from '../../src/diagnostics/run-diagnostic.js'
import { History, type HistoryOptions } from '../simulator/history/history.js'
import { type TruthRow, truthOf } from '../simulator/history/truth.js'
import { type StripeSimulator, startStripe } from '../simulator/index.js'
import type { StripeOptions } from '../simulator/stripe/index.js'
import { fakeContext } from './context.js'
import { aWorkspace, type TestWorkspace } from './factories.js'

export const DAY = 86_400
/** Seconds since 1970. */
export const UNTIL = Date.UTC(2026, 9, 1) / 1_000
export const FROM = UNTIL - 90 * DAY

/** A simulated account with months of subscription lives behind it, whose clock stands at `UNTIL`. */
export async function accountWithHistory(
  seed: string,
  options: Partial<HistoryOptions> = {},
  stripe: StripeOptions = {},
): Promise<StripeSimulator> {
  const simulator = await startStripe({
    seed,
    afterRetries: 'cancel',
    clock: { manual: true, now: () => UNTIL * 1_000 },
    ...stripe,
  })
  const history = new History(simulator, { from: (UNTIL - 120 * DAY) * 1_000, until: UNTIL * 1_000, ...options })
  while (history.step());
  return simulator
}

/** What really became of the renewals that were invoiced in the 90 days. */
export function truthOfWindow({ account }: StripeSimulator): TruthRow[] {
  return truthOf(account).filter(({ invoice }) => account.store.invoices.require(invoice).created >= FROM)
}

/** A workspace connected to it. */
export interface DiagnosedAccount {
  readonly stripe: StripeSimulator
  readonly context: Context
  readonly workspace: TestWorkspace
  useKey(key: string): Promise<unknown>
  run(where?: Context): Promise<Diagnostic>
  latest(): Promise<Diagnostic>
  findings(): Promise<DiagnosticFinding[]>
}

export async function diagnosedAccount(db: Db, stripe: StripeSimulator): Promise<DiagnosedAccount> {
  const { clock, livemode } = stripe.account
  const context: Context = {
    ...fakeContext({ db, settings: { stripeApiBase: stripe.url } }),
    now: () => new Date(clock.now()),
    wait: async (ms) => clock.advance(ms),
  }
  const workspace = await aWorkspace(context, { mode: livemode ? 'live' : 'test', timeZone: 'UTC' })
  const place = { workspaceId: workspace.id, field: 'stripe_connections.api_key' }
  const world: DiagnosedAccount = {
    stripe,
    context,
    workspace,
    useKey: async (key) =>
      StripeConnection.query(db)
        .findById(workspace.connectionId)
        .patch({ api_key_sealed: context.cipher.seal(key, place), verified_at: context.now() }),
    async run(where = context) {
      await askForDiagnostic(where, workspace.id)
      await runDiagnostic(where, { workspaceId: workspace.id })
      return world.latest()
    },
    latest: async () =>
      Diagnostic.query(db).where({ workspace_id: workspace.id }).orderBy('asked_at', 'desc').first().throwIfNotFound(),
    async findings() {
      const { id } = await world.latest()
      return DiagnosticFinding.query(db).where({ diagnostic_id: id }).orderBy('stripe_invoice_id')
    },
  }
  await world.useKey(stripe.addKey('all'))
  return world
}
