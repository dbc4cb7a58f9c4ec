import type { Knex } from 'knex'

export async function up(knex: Knex) {
  await knex.schema.createTable('workspaces', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'))
    table.uuid('owner_id').notNullable().unique({ indexName: 'one_workspace_an_owner' })
    table.foreign('owner_id', 'workspaces_owner').references('owners.id').onDelete('CASCADE')
    table.text('name').notNullable()
    table.text('time_zone').notNullable().defaultTo('UTC')
    table.text('reply_to')
    table.text('sender_name')
    table.text('webhook_token_hash').notNullable().unique({ indexName: 'workspaces_webhook_token_unique' })
    table.text('webhook_token_sealed').notNullable()
    table.timestamp('prompts_on_at')
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
    table.check("name <> ''", [], 'workspace_has_a_name')
  })
}

export async function down(knex: Knex) {
  await knex.schema.dropTable('workspaces')
}
