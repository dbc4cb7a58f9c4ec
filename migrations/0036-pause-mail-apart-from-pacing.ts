import type { Knex } from 'knex'

/**
 * How long the provider asked to be left alone stands apart from the next slot: a slot far ahead then was taken by a clock
 * that is wrong, and nobody needs to wait for it.
 */
export async function up(knex: Knex) {
  await knex.schema.alterTable('mail_pacing', (table) => {
    table.timestamp('paused_until')
  })
}

export async function down(knex: Knex) {
  await knex.schema.alterTable('mail_pacing', (table) => {
    table.dropColumn('paused_until')
  })
}
