import type { Knex } from 'knex'

/** Where the exposure of each case went, and all that was seen from which it follows. */
export async function up(knex: Knex) {
  await knex.schema.alterTable('recovery_cases', (table) => {
    table.bigInteger('returned').notNullable().defaultTo(0)
    table.bigInteger('lost').notNullable().defaultTo(0)
    table.bigInteger('forgiven').notNullable().defaultTo(0)
    table.bigInteger('dismissed').notNullable().defaultTo(0)
    table.bigInteger('open').notNullable().defaultTo(0)

    table.bigInteger('paid_before').notNullable().defaultTo(0)
    table.bigInteger('credited_before').notNullable().defaultTo(0)
    table.text('invoice_status').notNullable().defaultTo('open')
    table.bigInteger('amount_paid').notNullable().defaultTo(0)
    table.bigInteger('amount_credited').notNullable().defaultTo(0)
    table.timestamp('settled_at')
    table.integer('attempts_unpaid').notNullable().defaultTo(0)
    table.integer('attempts_paid')
    table.boolean('paid_out_of_band').notNullable().defaultTo(false)
    table.timestamp('subscription_as_of')
    table.timestamp('subscription_ended_at')
    table.boolean('subscription_paused').notNullable().defaultTo(false)
    table.timestamp('dismissed_at')

    // When Stripe itself last told us, not an event.
    table.timestamp('checked_at')
    table.timestamp('paused_at')
    table.text('paid_by')
    table.boolean('assisted').notNullable().defaultTo(false)
  })
  await knex.raw(`update recovery_cases set
    lost = case when outcome = 'lost' then exposure else 0 end,
    forgiven = case when outcome = 'forgiven' then exposure else 0 end,
    dismissed = case when outcome = 'dismissed' then exposure else 0 end,
    open = case when outcome is null then exposure - recovered else 0 end,
    amount_paid = recovered,
    attempts_unpaid = attempt_count,
    invoice_status = case outcome when 'recovered' then 'paid' when 'forgiven' then 'void' when 'lost' then 'uncollectible' else 'open' end,
    settled_at = case when outcome in ('recovered', 'forgiven', 'lost') then closed_at end,
    dismissed_at = case when outcome = 'dismissed' then closed_at end`)
  await knex.schema.alterTable('recovery_cases', (table) => {
    table.check('exposure = recovered + returned + lost + forgiven + dismissed + open', [], 'exposure_accounted_for')
    table.check('least(returned, lost, forgiven, dismissed, open) >= 0', [], 'figures_not_negative')
    table.check('(outcome is null) or open = 0', [], 'nothing_open_when_closed')
    table.check("invoice_status in ('draft', 'open', 'paid', 'uncollectible', 'void')", [], 'invoice_status_known')
    table.check("paid_by in ('us', 'customer', 'retry', 'out_of_band', 'unknown')", [], 'paid_by_known')
  })
  await knex.raw('create index cases_of_subscription on recovery_cases (workspace_id, stripe_subscription_id)')

  await knex.schema.createTable('case_reversals', (table) => {
    table.bigIncrements('id')
    table.uuid('workspace_id').notNullable()
    table.uuid('case_id').notNullable()
    table
      .foreign(['workspace_id', 'case_id'], 'case_reversals_case')
      .references(['workspace_id', 'id'])
      .inTable('recovery_cases')
      .onDelete('CASCADE')
    table.text('key').notNullable()
    table.text('kind').notNullable()
    table.bigInteger('amount').notNullable()
    table.timestamp('as_of').notNullable()
    table.boolean('is_final').notNullable()
    table.unique(['case_id', 'key'], { indexName: 'one_reversal_a_key' })
    table.check("kind in ('refund', 'dispute', 'credit')", [], 'reversal_kind_known')
  })

  await knex.schema.createTable('case_payments', (table) => {
    table.uuid('workspace_id').notNullable()
    table.uuid('case_id').notNullable()
    table
      .foreign(['workspace_id', 'case_id'], 'case_payments_case')
      .references(['workspace_id', 'id'])
      .inTable('recovery_cases')
      .onDelete('CASCADE')
    table.text('stripe_payment_id').notNullable()
    table.primary(['case_id', 'stripe_payment_id'], { constraintName: 'one_row_a_case_payment' })
    table.index(['workspace_id', 'stripe_payment_id'], 'cases_of_payment')
  })

  await knex.schema.alterTable('stripe_events', (table) => {
    // The ids of all that it speaks of: a case that opens later finds what was said before it.
    table.specificType('about', 'text[]').notNullable().defaultTo('{}')
  })
  await knex.raw('update stripe_events set about = array[stripe_invoice_id] where stripe_invoice_id is not null')
  await knex.raw('create index events_about on stripe_events using gin (about)')
  await knex.raw('drop index events_of_invoice')
}

export async function down(knex: Knex) {
  await knex.raw(
    'create index events_of_invoice on stripe_events (workspace_id, stripe_invoice_id) where stripe_invoice_id is not null',
  )
  await knex.schema.alterTable('stripe_events', (table) => table.dropColumn('about'))
  await knex.schema.dropTable('case_payments')
  await knex.schema.dropTable('case_reversals')
  await knex.raw('drop index cases_of_subscription')
  await knex.schema.alterTable('recovery_cases', (table) => {
    table.dropChecks([
      'exposure_accounted_for',
      'figures_not_negative',
      'nothing_open_when_closed',
      'invoice_status_known',
      'paid_by_known',
    ])
    table.dropColumns(
      ...['returned', 'lost', 'forgiven', 'dismissed', 'open', 'paid_before', 'credited_before', 'invoice_status'],
      ...['amount_paid', 'amount_credited', 'settled_at', 'attempts_unpaid', 'attempts_paid', 'paid_out_of_band'],
      ...['subscription_as_of', 'subscription_ended_at', 'subscription_paused', 'dismissed_at', 'checked_at'],
      ...['paused_at', 'paid_by', 'assisted'],
    )
  })
}
