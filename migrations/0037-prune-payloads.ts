import type { Knex } from 'knex'

/**
 * Up to which event of a connection payloads are pruned, in the order of their receipt: what is done is not looked at
 * again, and needs no index of its own.
 */
export async function up(knex: Knex) {
  await knex.schema.alterTable('stripe_connections', (table) => {
    table.timestamp('pruned_to_at')
    table.uuid('pruned_to_id')
    table.check('(pruned_to_at is null) = (pruned_to_id is null)', [], 'pruned_to_one_event')
  })
}

export async function down(knex: Knex) {
  await knex.schema.alterTable('stripe_connections', (table) => {
    table.dropColumn('pruned_to_at')
    table.dropColumn('pruned_to_id')
  })
}
