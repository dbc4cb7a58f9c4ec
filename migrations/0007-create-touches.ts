import type { Knex } from 'knex'

/** A delivery is one call to the mail provider, with one or more mails; a mail covers one or more touches. */
export async function up(knex: Knex) {
  await knex.schema.createTable('deliveries', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'))
    table.uuid('workspace_id').notNullable()
    table.foreign('workspace_id', 'deliveries_workspace').references('workspaces.id').onDelete('CASCADE')
    table.text('provider_key').notNullable()
    table.text('idempotency_key').notNullable().unique({ indexName: 'deliveries_idempotency_key_unique' })
    table.timestamp('fixed_at').notNullable()
    table.timestamp('lease_until').notNullable()
    table.integer('tries').notNullable().defaultTo(0)
    table.timestamp('answered_at')
    table.timestamp('dissolved_at')
    table.timestamp('abandoned_at')
    table.text('reason')
    table.unique(['workspace_id', 'id'], { indexName: 'deliveries_in_workspace' })
    table.check('num_nonnulls(answered_at, dissolved_at, abandoned_at) <= 1', [], 'one_end_a_delivery')
  })
  await knex.raw(
    'create index deliveries_under_way on deliveries (lease_until) where answered_at is null and dissolved_at is null and abandoned_at is null',
  )

  await knex.schema.createTable('mails', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'))
    table.uuid('workspace_id').notNullable()
    table.uuid('delivery_id').notNullable()
    table
      .foreign(['workspace_id', 'delivery_id'], 'mails_delivery')
      .references(['workspace_id', 'id'])
      .inTable('deliveries')
      .onDelete('CASCADE')
    table.integer('position').notNullable()
    table.text('to_address').notNullable()
    table.text('from_address').notNullable()
    table.text('reply_to').notNullable()
    table.text('subject').notNullable()
    table.text('content_sealed').notNullable()
    table.text('provider_id')
    table.timestamp('accepted_at')
    table.timestamp('refused_at')
    table.text('reason')
    table.unique(['workspace_id', 'id'], { indexName: 'mails_in_workspace' })
    table.unique(['delivery_id', 'position'], { indexName: 'one_mail_a_position' })
    table.check('num_nonnulls(accepted_at, refused_at) <= 1', [], 'accepted_or_refused')
  })

  await knex.schema.createTable('touches', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'))
    table.uuid('workspace_id').notNullable()
    table.uuid('case_id').notNullable()
    table
      .foreign(['workspace_id', 'case_id'], 'touches_case')
      .references(['workspace_id', 'id'])
      .inTable('recovery_cases')
      .onDelete('CASCADE')
    table.integer('step').notNullable()
    table.timestamp('due_at').notNullable()
    table.uuid('mail_id')
    table.foreign(['workspace_id', 'mail_id'], 'touches_mail').references(['workspace_id', 'id']).inTable('mails')
    table.timestamp('sent_at')
    table.timestamp('skipped_at')
    table.timestamp('canceled_at')
    table.text('reason')
    table.unique(['workspace_id', 'id'], { indexName: 'touches_in_workspace' })
    table.unique(['workspace_id', 'case_id', 'step'], { indexName: 'one_touch_a_step' })
    table.check('num_nonnulls(sent_at, skipped_at, canceled_at) <= 1', [], 'one_end_a_touch')
    table.check('sent_at is null or mail_id is not null', [], 'sent_by_a_mail')
    table.check('(skipped_at is null and canceled_at is null) = (reason is null)', [], 'not_sent_for_a_reason')
  })
  await knex.raw(
    'create index touches_planned on touches (workspace_id, due_at) where mail_id is null and skipped_at is null and canceled_at is null',
  )
  await knex.raw('create index touches_of_mail on touches (mail_id) where mail_id is not null')
}

export async function down(knex: Knex) {
  await knex.schema.dropTable('touches')
  await knex.schema.dropTable('mails')
  await knex.schema.dropTable('deliveries')
}
