import type { Knex } from 'knex'

/**
 * Each look for what was said earlier would read the whole list of what the index has yet to take in. Writing an event's
 * ids costs little more without that list.
 */
export async function up(knex: Knex) {
  await knex.raw('alter index events_about set (fastupdate = off)')
  await knex.raw("select gin_clean_pending_list('events_about')")
}

export async function down(knex: Knex) {
  await knex.raw('alter index events_about reset (fastupdate)')
}
