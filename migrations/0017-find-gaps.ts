import type { Knex } from 'knex'

/** Stripe's own event list against the inbox: what was looked at, what was missing, and what came in that way. */
export async function up(knex: Knex) {
  await knex.schema.alterTable('stripe_events', (table) => {
    // Null: it came as a webhook.
    table.timestamp('backfilled_at')
  })
  await knex.schema.alterTable('stripe_connections', (table) => {
    table.timestamp('events_checked_until')
  })
  await knex.schema.createTable('event_checks', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'))
    table.uuid('workspace_id').notNullable()
    table.uuid('connection_id').notNullable()
    table
      .foreign(['workspace_id', 'connection_id'], 'event_checks_connection')
      .references(['workspace_id', 'id'])
      .inTable('stripe_connections')
      .onDelete('CASCADE')
    table.timestamp('from_at').notNullable()
    table.timestamp('to_at').notNullable()
    table.timestamp('began_at').notNullable()
    table.timestamp('ended_at').notNullable()
    table.bigInteger('events_seen').notNullable()
    table.bigInteger('events_missing').notNullable()
    table.timestamp('out_of_reach_from')
    table.timestamp('out_of_reach_until')
    table.text('failure')
    table.unique(['workspace_id', 'id'], { indexName: 'event_checks_in_workspace' })
    table.index(['workspace_id', 'connection_id', 'ended_at'], 'event_checks_of_connection')
    table.index('ended_at', 'event_checks_by_end')
    table.check('from_at <= to_at', [], 'checked_forward')
    table.check('events_missing between 0 and events_seen', [], 'missing_was_seen')
    table.check('(out_of_reach_from is null) = (out_of_reach_until is null)', [], 'out_of_reach_from_and_until')
    table.check(
      "failure in ('unreachable', 'rate_limited', 'key_rejected', 'permission_missing', 'refused')",
      [],
      'check_failure_known',
    )
  })
}

export async function down(knex: Knex) {
  await knex.schema.dropTable('event_checks')
  await knex.schema.alterTable('stripe_connections', (table) => table.dropColumn('events_checked_until'))
  await knex.schema.alterTable('stripe_events', (table) => table.dropColumn('backfilled_at'))
}
