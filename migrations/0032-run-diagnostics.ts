import type { Knex } from 'knex'

/** The 90-day diagnostic: its runs, what they read, and the invoices that failed. */
export async function up(knex: Knex) {
  await knex.schema.createTable('diagnostics', (table) => {
    table.uuid('id').primary().defaultTo(knex.fn.uuid())
    table.uuid('workspace_id').notNullable()
    table.uuid('connection_id').notNullable()
    table
      .foreign(['workspace_id', 'connection_id'], 'diagnostics_connection')
      .references(['workspace_id', 'id'])
      .inTable('stripe_connections')
      .onDelete('CASCADE')
    table.text('reason').notNullable()
    table.timestamp('asked_at').notNullable()
    // Null: not begun. By Stripe's clock; the window's end is the moment at which it began.
    table.timestamp('began_at')
    table.timestamp('window_from')
    table.timestamp('window_until')
    // How far our clock is ahead of Stripe's, in seconds.
    table.integer('clock_ahead')
    // Lists that could not be read, and why.
    table.specificType('unread', 'json').notNullable().defaultTo('[]')
    // All lists are read; what is left is adding up.
    table.timestamp('read_at')
    table.timestamp('ended_at')
    table.text('outcome')
    table.text('failure')
    table.specificType('report', 'json')
    // Whoever works on it, and until when nobody else may.
    table.uuid('lease_id')
    table.timestamp('leased_until')
    // Stripe did not answer: when it goes on, and how often that happened in a row.
    table.timestamp('retry_at')
    table.integer('tries').notNullable().defaultTo(0)
    table.unique(['workspace_id', 'id'])
    table.index(['workspace_id', 'connection_id', 'asked_at'])
    table.check(`reason in ('connected', 'owner', 'schedule')`, [], 'diagnostic_reason_known')
    table.check('(ended_at is null) = (outcome is null)', [], 'diagnostic_ended_with_an_outcome')
    table.check(`outcome in ('finished', 'failed', 'canceled')`, [], 'diagnostic_outcome_known')
    table.check(`(failure is not null) = (outcome is not distinct from 'failed')`, [], 'diagnostic_failed_for_a_reason')
    table.check(
      `(report is not null) = (outcome is not distinct from 'finished')`,
      [],
      'diagnostic_finished_with_report',
    )
    table.check(
      '(window_from is null) = (began_at is null) and (window_until is null) = (began_at is null)',
      [],
      'diagnostic_begun_with_a_window',
    )
  })
  await knex.raw('create unique index one_diagnostic_at_a_time on diagnostics (workspace_id) where ended_at is null')

  await knex.schema.createTable('diagnostic_slices', (table) => {
    table.uuid('id').primary()
    table.uuid('workspace_id').notNullable()
    table.uuid('diagnostic_id').notNullable()
    belongsToDiagnostic(table, 'diagnostic_slices_run')
    table.text('listing').notNullable()
    // Seconds since 1970, as Stripe takes them; the end is not within.
    table.bigInteger('from_second').notNullable()
    table.bigInteger('until_second').notNullable()
    // The last object that was read, and when it was made.
    table.text('after_id')
    table.bigInteger('after_second')
    table.integer('seen').notNullable().defaultTo(0)
    table.integer('unreadable').notNullable().defaultTo(0)
    table.integer('pages').notNullable().defaultTo(0)
    table.timestamp('done_at')
    table.unique(['workspace_id', 'id'])
    table.index(['diagnostic_id'])
    table.check('(after_id is null) = (after_second is null)', [], 'slice_cursor_whole')
  })

  // What was read, while a run is under way. An id stands once however often its page is read.
  await knex.schema.createTable('diagnostic_records', (table) => {
    table.uuid('workspace_id').notNullable()
    table.uuid('diagnostic_id').notNullable()
    belongsToDiagnostic(table, 'diagnostic_records_run')
    table.text('kind').notNullable()
    table.text('stripe_id').notNullable()
    // Whatever ties it to an invoice: the invoice's id, or a payment's, or a charge's.
    table.text('tie')
    table.specificType('record', 'json').notNullable()
    table.primary(['diagnostic_id', 'kind', 'stripe_id'])
  })
  await knex.raw(
    'create index diagnostic_records_by_tie on diagnostic_records (diagnostic_id, kind, tie) where tie is not null',
  )

  await knex.schema.createTable('diagnostic_findings', (table) => {
    table.uuid('id').primary().defaultTo(knex.fn.uuid())
    table.uuid('workspace_id').notNullable()
    table.uuid('diagnostic_id').notNullable()
    belongsToDiagnostic(table, 'diagnostic_findings_run')
    table.text('stripe_invoice_id').notNullable()
    table.text('invoice_number')
    table.text('stripe_customer_id')
    table.text('customer_name')
    table.text('stripe_subscription_id')
    table.text('plan')
    table.text('billing_reason').notNullable()
    // Null: a renewal. Else why it is counted apart.
    table.text('apart')
    table.text('currency').notNullable()
    table.timestamp('first_failed_at').notNullable()
    table.timestamp('recovered_at')
    // The Monday that begins it: 2026-08-24.
    table.text('week').notNullable()
    table.text('decline_class').notNullable()
    table.text('decline_code')
    table.boolean('never_retried').notNullable()
    table.boolean('was_prompted').notNullable()
    table.bigInteger('at_risk').notNullable()
    for (const part of PARTS) table.bigInteger(part).notNullable()
    table.unique(['workspace_id', 'id'])
    table.unique(['diagnostic_id', 'stripe_invoice_id'])
    table.index(['diagnostic_id', 'currency', 'at_risk'])
    table.index(['workspace_id', 'stripe_customer_id'])
    table.check(`at_risk = ${PARTS.join(' + ')}`, [], 'finding_adds_up')
  })
}

export async function down(knex: Knex) {
  for (const table of ['diagnostic_findings', 'diagnostic_records', 'diagnostic_slices', 'diagnostics']) {
    await knex.schema.dropTable(table)
  }
}

const PARTS = ['lost', 'retried', 'paid', 'late', 'out_of_band', 'unclear', 'returned', 'forgiven', 'open']

function belongsToDiagnostic(table: Knex.CreateTableBuilder, name: string) {
  table
    .foreign(['workspace_id', 'diagnostic_id'], name)
    .references(['workspace_id', 'id'])
    .inTable('diagnostics')
    .onDelete('CASCADE')
}
