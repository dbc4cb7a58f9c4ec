import type { Knex } from 'knex'

export async function up(knex: Knex) {
  await knex.schema.createTable('recovery_cases', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'))
    table.uuid('workspace_id').notNullable()
    table.uuid('connection_id').notNullable()
    table
      .foreign(['workspace_id', 'connection_id'], 'recovery_cases_connection')
      .references(['workspace_id', 'id'])
      .inTable('stripe_connections')
      .onDelete('CASCADE')
    table.text('stripe_invoice_id').notNullable()
    table.text('stripe_customer_id')
    table.text('stripe_subscription_id').notNullable()
    table.text('invoice_number')
    table.text('hosted_invoice_url')
    table.text('customer_name')
    table.text('customer_email')
    table.specificType('customer_locales', 'text[]')
    table.text('plan_label')
    table.text('plan_interval')
    table.integer('plan_interval_count')
    table.text('card_brand')
    table.text('card_last4')
    table.text('decline_class').notNullable()
    table.text('decline_code')
    table.integer('attempt_count').notNullable()
    table.timestamp('next_attempt_at')

    table.specificType('currency', 'char(3)').notNullable()
    table.bigInteger('exposure').notNullable()
    table.bigInteger('amount_remaining').notNullable()
    table.bigInteger('recovered').notNullable().defaultTo(0)

    table.timestamp('failed_at').notNullable()
    table.timestamp('received_at').notNullable()
    table.timestamp('opened_at').notNullable()
    table.timestamp('as_of').notNullable()
    table.timestamp('enrich_at')
    table.timestamp('reminders_stopped_at')
    table.timestamp('closed_at')
    table.text('outcome')

    table.text('link_token_hash').notNullable().unique({ indexName: 'recovery_cases_link_token_unique' })
    table.text('link_token_sealed').notNullable()
    table.timestamp('link_window_at')
    table.integer('link_mints').notNullable().defaultTo(0)

    table.unique(['workspace_id', 'id'], { indexName: 'recovery_cases_in_workspace' })
    table.unique(['workspace_id', 'stripe_invoice_id'], { indexName: 'one_case_an_invoice' })
    table.check('(closed_at is null) = (outcome is null)', [], 'closed_with_an_outcome')
    table.check("outcome in ('recovered', 'lost', 'forgiven', 'dismissed')", [], 'case_outcome_known')
    table.check('exposure > 0', [], 'something_is_exposed')
    table.check('amount_remaining >= 0', [], 'remaining_not_negative')
    table.check('recovered between 0 and exposure', [], 'recovered_within_exposure')
  })
  await knex.raw('create index cases_by_opening on recovery_cases (workspace_id, opened_at desc)')
  await knex.raw('create index cases_to_enrich on recovery_cases (enrich_at) where enrich_at is not null')

  await knex.schema.createTable('case_entries', (table) => {
    table.bigIncrements('id')
    table.uuid('workspace_id').notNullable()
    table.uuid('case_id').notNullable()
    table
      .foreign(['workspace_id', 'case_id'], 'case_entries_case')
      .references(['workspace_id', 'id'])
      .inTable('recovery_cases')
      .onDelete('CASCADE')
    table.text('kind').notNullable()
    // What makes the entry one of its kind: writing it twice leaves one.
    table.text('key').notNullable()
    table.timestamp('at').notNullable()
    table.json('detail').notNullable()
    table.unique(['workspace_id', 'id'], { indexName: 'case_entries_in_workspace' })
    table.unique(['case_id', 'kind', 'key'], { indexName: 'one_entry_a_key' })
  })
}

export async function down(knex: Knex) {
  await knex.schema.dropTable('case_entries')
  await knex.schema.dropTable('recovery_cases')
}
