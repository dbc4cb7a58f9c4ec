import type { Knex } from 'knex'

/** Since when Stripe was asked in vain before a touch: a first mail waits for an answer only so long. */
export async function up(knex: Knex) {
  await knex.schema.alterTable('touches', (table) => {
    table.timestamp('unanswered_since')
  })
}

export async function down(knex: Knex) {
  await knex.schema.alterTable('touches', (table) => table.dropColumn('unanswered_since'))
}
