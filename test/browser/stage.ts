import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createWorkspace } from '../../src/accounts/create-workspace.js'
import { createSignInLink } from '../../src/accounts/sign-in.js'
import { readConfig } from '../../src/config.js'
import type { Context } from '../../src/context.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { removeEmbeddedPostgres } from '../../src/embedded/remove-embedded-postgres.js'
import { createLog } from '../../src/log.js'
import { runEverything } from '../../src/run-everything.js'
import { STRIPE_API_VERSION } from '../../src/stripe/client.js'
import { WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import { type Simulators, startSimulators } from '../simulator/index.js'
import { skipDiagnostics } from '../support/factories.js'
import { freePort } from '../support/free-port.js'

/** The whole product as `npm start` runs it, on a database of its own, beside a simulated Stripe and mail provider. */
export interface Stage extends Simulators {
  readonly context: Context
  /** `http://localhost:<port>`; the simulators are at 127.0.0.1, which browsers take for another site. */
  readonly appUrl: string
  /** Connects Stripe's webhooks too, unless they are left out. */
  addWorkspace(wanted: NewWorkspace): Promise<StagedWorkspace>
  /** The case of an invoice, once it is open and whatever is due about it is sent or skipped. */
  settledCase(invoiceId: string, also?: Partial<Pick<RecoveryCase, 'workspace_id' | 'outcome'>>): Promise<RecoveryCase>
}

interface NewWorkspace {
  readonly owner: string
  readonly name: string
  readonly promptsOn?: boolean
  readonly webhooks?: boolean
  /** They begin by themselves, and ask Stripe while a test looks at something else. */
  readonly diagnostics?: boolean
}

export interface StagedWorkspace {
  readonly id: string
  /** A new one at each call: each works once. */
  signInLink(): Promise<string>
}

const SIGNING_SECRET = 'whsec_browser'

/** Nothing falls due by itself at the simulated Stripe: a test moves its clock. */
export async function openStage(seed: string): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'secondloop-browser-'))
  await chmod(folder, 0o755) // Root's Postgres runs as nobody and has to get in.
  const simulators = await startSimulators({ seed, stripe: { clock: { manual: true } } })
  const { stripe, mail } = simulators
  const stopping = new AbortController()
  const config = readConfig({
    PORT: String(await freePort()),
    DATA_DIR: folder,
    RESEND_API_KEY: mail.addKey(),
    RESEND_BASE_URL: mail.url,
    EMAIL_FROM: 'SecondLoop <mail@secondloop.example>',
    STRIPE_API_BASE: stripe.url,
    TEST_MODE_MAIL: 'customer',
  })
  const running = await runEverything(config, {
    log: createLog('error', process.stderr),
    stopping: stopping.signal,
  })
  const { context } = running

  return {
    ...simulators,
    context,
    appUrl: config.appUrl,
    async addWorkspace({ owner, name, promptsOn = true, webhooks = true, diagnostics = false }) {
      const { workspaceId, webhookUrl } = await createWorkspace(context, {
        ownerEmail: owner,
        name,
        stripeKey: stripe.addKey(),
        webhookSecret: SIGNING_SECRET,
        promptsOn,
      })
      const workspace = await Workspace.query(context.db).patchAndFetchById(workspaceId, {
        sender_name: 'Maya',
        time_zone: 'Europe/Berlin',
      })
      if (!diagnostics) {
        const connection = await StripeConnection.query(context.db)
          .findOne({ workspace_id: workspaceId })
          .throwIfNotFound()
        await skipDiagnostics(context, { id: workspaceId, connectionId: connection.id })
      }
      if (webhooks) {
        const events = WEBHOOK_EVENTS
        stripe.addWebhookEndpoint({ url: webhookUrl, secret: SIGNING_SECRET, events, apiVersion: STRIPE_API_VERSION })
      }
      return { id: workspaceId, signInLink: () => createSignInLink(context, workspace.owner_id) }
    },
    settledCase(invoiceId, also = {}) {
      return eventually(async () => {
        const found = await RecoveryCase.query(context.db)
          // Stripe may be asked once more about a case that has ended, half a minute later.
          .where({ stripe_invoice_id: invoiceId, ...(also.outcome ? {} : { enrich_at: null }), ...also })
          .whereNotExists(
            context
              .db('touches')
              .whereRaw('touches.case_id = recovery_cases.id')
              .where('due_at', '<=', context.now())
              .whereRaw('num_nonnulls(sent_at, skipped_at, canceled_at) = 0'),
          )
          .first()
        return found ?? null
      }, `a settled case of invoice ${invoiceId}`)
    },
    async stop() {
      stopping.abort()
      await running.stop()
      await simulators.stop()
      await removeEmbeddedPostgres(folder)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const LOOK_EVERY_MS = 50
const PATIENCE_MS = 15_000

/** Asks until there is an answer. */
export async function eventually<Found>(look: () => Promise<Found | null>, what: string): Promise<Found> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (Date.now() > deadline) throw new Error(`There was never ${what}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}
