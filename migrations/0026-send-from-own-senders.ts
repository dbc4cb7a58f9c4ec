import type { Knex } from 'knex'

/** A workspace may send through a mail provider's key of its own, from an address of its own. */
export async function up(knex: Knex) {
  await knex.schema.createTable('senders', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'))
    table.uuid('workspace_id').notNullable().unique({ indexName: 'one_sender_a_workspace' })
    table.foreign('workspace_id', 'senders_workspace').references('workspaces.id').onDelete('CASCADE')
    table.text('from_address').notNullable()
    table.text('api_key_sealed').notNullable()
    table.text('api_key_last4').notNullable()
    table.text('provider_key').notNullable()
    table.timestamp('key_saved_at').notNullable()
    table.text('verified_by').notNullable()
    table.timestamp('checked_at').notNullable()
    table.timestamp('withdrawn_at')
    table.text('withdrawn_because')
    table.timestamp('withdrawal_tried_at')
    table.timestamp('withdrawal_told_at')
    table.text('webhook_token_hash').notNullable().unique({ indexName: 'senders_webhook_token_unique' })
    table.text('webhook_token_sealed').notNullable()
    table.text('webhook_secret_sealed')
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
    table.unique(['workspace_id', 'id'], { indexName: 'senders_in_workspace' })
    table.check(`verified_by in ('domain', 'test_mail')`, [], 'verified_in_a_way')
    table.check(`withdrawn_because in ('domain', 'key')`, [], 'withdrawn_for_a_reason')
    table.check('(withdrawn_at is null) = (withdrawn_because is null)', [], 'withdrawn_with_a_reason')
  })
  await knex.schema.alterTable('workspaces', (table) => {
    table.timestamp('reply_to_bounced_at')
    table.timestamp('reply_to_tried_at')
    table.timestamp('reply_to_told_at')
  })
}

export async function down(knex: Knex) {
  await knex.schema.alterTable('workspaces', (table) => {
    table.dropColumns('reply_to_bounced_at', 'reply_to_tried_at', 'reply_to_told_at')
  })
  await knex.schema.dropTable('senders')
}
