import type { Knex } from 'knex'

/** The inbox. What stands here is committed before Stripe hears 200. */
export async function up(knex: Knex) {
  await knex.schema.createTable('stripe_events', (table) => {
    table.uuid('id').notNullable().defaultTo(knex.raw('gen_random_uuid()'))
    table.uuid('workspace_id').notNullable()
    table.uuid('connection_id').notNullable()
    table
      .foreign(['workspace_id', 'connection_id'], 'stripe_events_connection')
      .references(['workspace_id', 'id'])
      .inTable('stripe_connections')
      .onDelete('CASCADE')
    table.text('stripe_event_id').notNullable()
    table.text('type').notNullable()
    table.timestamp('occurred_at').notNullable()
    // Text, never jsonb: \u0000 in a payload must not fail a batch.
    table.text('payload').notNullable()
    table.timestamp('received_at').notNullable()
    table.text('stripe_invoice_id')
    table.timestamp('processed_at')
    table.text('outcome')
    table.text('detail')
    table.primary(['workspace_id', 'id'], { constraintName: 'stripe_events_in_workspace' })
    table.unique(['workspace_id', 'stripe_event_id'], { indexName: 'one_row_a_stripe_event' })
    table.check("outcome in ('processed', 'ignored', 'failed')", [], 'event_outcome_known')
    table.check('(processed_at is null) = (outcome is null)', [], 'processed_with_an_outcome')
  })
  // Out of line and uncompressed: compressing payloads costs a third of the intake's CPU.
  await knex.raw('alter table stripe_events alter column payload set storage external')
  await knex.raw('create index events_to_process on stripe_events (received_at) where processed_at is null')
  await knex.raw(
    'create index events_of_invoice on stripe_events (workspace_id, stripe_invoice_id) where stripe_invoice_id is not null',
  )
}

export async function down(knex: Knex) {
  await knex.schema.dropTable('stripe_events')
}
