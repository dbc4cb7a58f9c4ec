import type { Knex } from 'knex'

/**
 * Until now nobody noted who followed a link, a person or a scanner. Only an opening may count as ours, and none of these
 * can be shown to be one: they become fetches by nobody knows whom.
 */
export async function up(knex: Knex) {
  await knex.raw(
    `update case_entries set kind = 'link_fetched', detail = '{"by": "unknown"}' where kind = 'link_followed'`,
  )
}

/** What the pages of before have no words for goes; an opening is again what it was called. */
export async function down(knex: Knex) {
  await knex.raw(`update case_entries set kind = 'link_followed' where kind = 'link_opened'`)
  await knex.raw(`delete from case_entries where kind = 'link_fetched'`)
}
