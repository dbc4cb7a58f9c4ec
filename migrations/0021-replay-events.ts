import type { Knex } from 'knex'

/** The owner has an event processed again, and reads the inbox page by page. */
export async function up(knex: Knex) {
  await knex.schema.alterTable('stripe_events', (table) => {
    // The last time; null: never.
    table.timestamp('replayed_at')
    // An owner. No foreign key: the trace outlives nobody, it goes with the workspace.
    table.uuid('replayed_by')
    table.check('(replayed_at is null) = (replayed_by is null)', [], 'replayed_by_somebody')
  })
  await knex.raw('create index events_by_receipt on stripe_events (workspace_id, connection_id, received_at, id)')
  await knex.raw(
    "create index events_failed on stripe_events (workspace_id, connection_id, received_at, id) where outcome = 'failed'",
  )
}

export async function down(knex: Knex) {
  await knex.raw('drop index events_failed')
  await knex.raw('drop index events_by_receipt')
  await knex.schema.alterTable('stripe_events', (table) => {
    table.dropChecks(['replayed_by_somebody'])
    table.dropColumns('replayed_at', 'replayed_by')
  })
}
