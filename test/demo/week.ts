import { createWorkspace } from '../../src/accounts/create-workspace.js'
import { openDatabase } from '../../src/commands/open-database.js'
import type { Config } from '../../src/config.js'
import { openContext } from '../../src/context.js'
import { migrate } from '../../src/db/migrate.js'
import { Workspace } from '../../src/db/models/workspace.js'
import type { Log } from '../../src/log.js'
import type { Simulators } from '../simulator/index.js'
import { liveThrough } from '../support/live-through.js'

const DAY = 24 * 3_600_000
/** What the 90-day diagnostic reads: mostly of the time before the product. */
const HISTORY_DAYS = 97

export interface DemoWorkspace {
  readonly ownerId: string
  readonly webhookUrl: string
}

interface Owner {
  readonly email: string
  readonly signingSecret: string
  /** Types that the workspace's webhook endpoint gets. */
  readonly events: readonly string[]
}

/**
 * Three months of a small business without the product; then the owner's part of the way in, done for them a week ago, and
 * the week since, which the product's own use cases saw, each thing at its time.
 */
export async function liveThroughWeek(
  config: Config,
  log: Log,
  simulators: Simulators,
  { email, events, signingSecret }: Owner,
): Promise<DemoWorkspace> {
  const { clock } = simulators.stripe.account
  const database = await openDatabase(config, log)
  const context = openContext(config, { databaseUrl: database.url, log, connections: 5 })
  try {
    await migrate(context.db)
    const until = clock.now()
    const from = until - 7 * DAY
    const atFrom = { ...context, now: () => new Date(from) }
    const { webhookUrl, workspaceId } = await createWorkspace(atFrom, {
      ownerEmail: email,
      name: 'Fernhill',
      stripeKey: simulators.stripe.addKey(),
      webhookSecret: signingSecret,
      promptsOn: true,
    })
    const workspace = await Workspace.query(context.db).patchAndFetchById(workspaceId, {
      sender_name: 'Maya',
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    })
    await liveThrough({
      context,
      simulators,
      workspaceId,
      events: new Set(events),
      history: { from: until - HISTORY_DAYS * DAY, until, customers: 2_000, failures: 0.12 },
      since: from,
    })
    return { ownerId: workspace.owner_id, webhookUrl }
  } finally {
    await context.db.destroy()
    await database.close()
  }
}
