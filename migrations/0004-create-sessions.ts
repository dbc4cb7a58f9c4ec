import type { Knex } from 'knex'

export async function up(knex: Knex) {
  await knex.schema.createTable('sign_in_tokens', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'))
    table.uuid('owner_id').notNullable()
    table.foreign('owner_id', 'sign_in_tokens_owner').references('owners.id').onDelete('CASCADE')
    table.text('token_hash').notNullable().unique({ indexName: 'sign_in_tokens_token_unique' })
    table.timestamp('created_at').notNullable()
    table.timestamp('expires_at').notNullable()
    table.timestamp('used_at')
  })

  await knex.schema.createTable('sessions', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'))
    table.uuid('owner_id').notNullable()
    table.foreign('owner_id', 'sessions_owner').references('owners.id').onDelete('CASCADE')
    table.text('token_hash').notNullable().unique({ indexName: 'sessions_token_unique' })
    table.timestamp('created_at').notNullable()
    table.timestamp('expires_at').notNullable()
    table.timestamp('revoked_at')
    table.index('owner_id', 'sessions_of_owner')
  })
}

export async function down(knex: Knex) {
  await knex.schema.dropTable('sessions')
  await knex.schema.dropTable('sign_in_tokens')
}
