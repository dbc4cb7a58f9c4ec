import type { Knex } from 'knex'

/** Webhook URLs that go on working for a while, addresses that wait for a yes, and connections without a key. */
export async function up(knex: Knex) {
  await knex.schema.createTable('previous_webhook_tokens', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'))
    table.uuid('workspace_id').notNullable()
    table.foreign('workspace_id', 'previous_webhook_tokens_workspace').references('workspaces.id').onDelete('CASCADE')
    table.text('token_hash').notNullable().unique({ indexName: 'previous_webhook_tokens_token_unique' })
    table.timestamp('replaced_at').notNullable()
    table.timestamp('ends_at').notNullable()
    table.unique(['workspace_id', 'id'], { indexName: 'previous_webhook_tokens_in_workspace' })
  })

  await knex.schema.createTable('address_confirmations', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'))
    table.uuid('owner_id').notNullable()
    table.foreign('owner_id', 'address_confirmations_owner').references('owners.id').onDelete('CASCADE')
    table.text('purpose').notNullable()
    table.text('email').notNullable()
    table.text('token_hash').notNullable().unique({ indexName: 'address_confirmations_token_unique' })
    table.timestamp('created_at').notNullable()
    table.timestamp('expires_at').notNullable()
    table.timestamp('used_at')
    table.check("purpose in ('reply_to', 'owner')", [], 'confirmation_purpose_known')
    table.check('email = lower(email)', [], 'confirmed_email_in_lower_case')
    table.index('owner_id', 'address_confirmations_of_owner')
  })

  await knex.schema.alterTable('stripe_connections', (table) => {
    table.setNullable('api_key_sealed')
    table.check('api_key_sealed is not null or replaced_at is not null', [], 'current_connection_has_a_key')
  })
}

export async function down(knex: Knex) {
  await knex('stripe_connections').whereNull('api_key_sealed').delete()
  await knex.raw('alter table stripe_connections drop constraint current_connection_has_a_key')
  await knex.schema.alterTable('stripe_connections', (table) => table.dropNullable('api_key_sealed'))
  await knex.schema.dropTable('address_confirmations')
  await knex.schema.dropTable('previous_webhook_tokens')
}
