import type { Knex } from 'knex'

/** What must hold for a workspace's work to go on, looked at every hour: how each stands, and since when. */
export async function up(knex: Knex) {
  await knex.schema.createTable('system_checks', (table) => {
    table.uuid('workspace_id').notNullable().references('workspaces.id').onDelete('CASCADE')
    table.text('name').notNullable()
    table.text('state').notNullable()
    // What was found, in our own words for it, and figures.
    table.text('because')
    table.specificType('detail', 'json').notNullable().defaultTo('{}')
    table.timestamp('since').notNullable()
    table.timestamp('checked_at').notNullable()
    table.primary(['workspace_id', 'name'])
    table.check(`state in ('ok', 'attention', 'unknown')`, [], 'check_state_known')
    table.check(`(because is null) = (state = 'ok')`, [], 'check_says_why')
  })
}

export async function down(knex: Knex) {
  await knex.schema.dropTable('system_checks')
}
