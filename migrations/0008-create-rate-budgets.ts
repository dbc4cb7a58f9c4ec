import type { Knex } from 'knex'

/** What all workers share of the outside's rate limits. Not tenant data: a key may serve many workspaces. */
export async function up(knex: Knex) {
  await knex.schema.createTable('mail_pacing', (table) => {
    table.text('provider_key').primary()
    table.timestamp('next_slot_at').notNullable()
    table.integer('refusals').notNullable().defaultTo(0)
  })
  await knex.schema.createTable('stripe_budgets', (table) => {
    table.uuid('connection_id').primary()
    table.foreign('connection_id', 'stripe_budgets_connection').references('stripe_connections.id').onDelete('CASCADE')
    table.timestamp('second').notNullable()
    table.integer('used').notNullable()
  })
}

export async function down(knex: Knex) {
  await knex.schema.dropTable('stripe_budgets')
  await knex.schema.dropTable('mail_pacing')
}
