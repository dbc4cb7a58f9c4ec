import type { Knex } from 'knex'

/** That a workspace came out of a backup, and of which moment, until its owner turns prompts on again. */
export async function up(knex: Knex) {
  await knex.schema.alterTable('workspaces', (table) => {
    table.timestamp('restored_at')
    table.timestamp('restored_from')
    table.check('(restored_at is null) = (restored_from is null)', [], 'restored_from_a_moment')
  })
}

export async function down(knex: Knex) {
  await knex.schema.alterTable('workspaces', (table) => {
    table.dropColumn('restored_at')
    table.dropColumn('restored_from')
  })
}
