import type { Knex } from 'knex'

export async function up(knex: Knex) {
  await knex.schema.createTable('stripe_connections', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'))
    table.uuid('workspace_id').notNullable()
    table.foreign('workspace_id', 'stripe_connections_workspace').references('workspaces.id').onDelete('CASCADE')
    table.text('mode').notNullable()
    table.text('stripe_account_id')
    table.text('api_key_sealed').notNullable()
    table.text('api_key_last4').notNullable()
    table.timestamp('key_saved_at').notNullable()
    table.timestamp('verified_at')
    table.integer('signature_failures').notNullable().defaultTo(0)
    table.timestamp('signature_failed_at')
    table.timestamp('replaced_at')
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
    table.unique(['workspace_id', 'id'], { indexName: 'stripe_connections_in_workspace' })
    table.check("mode in ('test', 'live')", [], 'connection_mode_known')
  })
  await knex.raw(
    'create unique index one_current_connection on stripe_connections (workspace_id) where replaced_at is null',
  )

  await knex.schema.createTable('signing_secrets', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'))
    table.uuid('workspace_id').notNullable()
    table.uuid('connection_id').notNullable()
    table
      .foreign(['workspace_id', 'connection_id'], 'signing_secrets_connection')
      .references(['workspace_id', 'id'])
      .inTable('stripe_connections')
      .onDelete('CASCADE')
    table.text('secret_sealed').notNullable()
    table.text('last4').notNullable()
    table.timestamp('expires_at')
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
    table.unique(['workspace_id', 'id'], { indexName: 'signing_secrets_in_workspace' })
  })
  await knex.raw('create index signing_secrets_of_connection on signing_secrets (connection_id)')
}

export async function down(knex: Knex) {
  await knex.schema.dropTable('signing_secrets')
  await knex.schema.dropTable('stripe_connections')
}
