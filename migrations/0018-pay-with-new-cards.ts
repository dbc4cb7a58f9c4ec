import type { Knex } from 'knex'

/** New cards: what hints at one, when somebody is to look, and each payment that we make with one. */
export async function up(knex: Knex) {
  await knex.schema.alterTable('workspaces', (table) => {
    table.boolean('pay_with_new_card').notNullable().defaultTo(true)
  })
  await knex.schema.alterTable('recovery_cases', (table) => {
    // When to ask Stripe for the customer's cards; null: nothing hints at another one.
    table.timestamp('card_check_at')
    // Since when the subscription is known to keep a card that failed; null: it does not.
    table.timestamp('pinned_at')
  })
  await knex.raw('create index cases_to_check_cards on recovery_cases (card_check_at) where card_check_at is not null')

  await knex.schema.createTable('card_hints', (table) => {
    table.uuid('workspace_id').notNullable()
    table.uuid('case_id').notNullable()
    table
      .foreign(['workspace_id', 'case_id'], 'card_hints_case')
      .references(['workspace_id', 'id'])
      .inTable('recovery_cases')
      .onDelete('CASCADE')
    table.text('kind').notNullable()
    // Empty: the hint names none.
    table.text('payment_method_id').notNullable()
    table.timestamp('at').notNullable()
    table.primary(['case_id', 'kind', 'payment_method_id'], { constraintName: 'one_hint_a_card_and_kind' })
    table.check("kind in ('default_changed', 'attached', 'updated', 'network_updated')", [], 'card_hint_kind_known')
  })

  await knex.schema.createTable('card_payments', (table) => {
    table.bigIncrements('id')
    table.uuid('workspace_id').notNullable()
    table.uuid('case_id').notNullable()
    table
      .foreign(['workspace_id', 'case_id'], 'card_payments_case')
      .references(['workspace_id', 'id'])
      .inTable('recovery_cases')
      .onDelete('CASCADE')
    table.text('payment_method_id').notNullable()
    // A hash of number and date: a renewed card is another one under the same id.
    table.text('card').notNullable()
    table.text('occasion').notNullable()
    table.text('idempotency_key').notNullable()
    table.timestamp('planned_at').notNullable()
    // Until then it is in somebody's hands, or waits to be tried again; null: it is over.
    table.timestamp('lease_until')
    table.integer('tries').notNullable().defaultTo(0)
    table.timestamp('first_tried_at')
    table.timestamp('answered_at')
    table.text('result')
    table.text('reason')
    table.unique(['workspace_id', 'id'], { indexName: 'card_payments_in_workspace' })
    table.unique(['case_id', 'payment_method_id', 'card', 'occasion'], { indexName: 'one_payment_a_case_and_card' })
    table.check(
      "result in ('paid', 'processing', 'authentication', 'declined', 'not_allowed', 'already_paid', 'gone', 'unknown')",
      [],
      'card_payment_result_known',
    )
    table.check('(answered_at is null) = (result is null)', [], 'answered_with_a_result')
    table.check('(answered_at is null) = (lease_until is not null)', [], 'under_way_with_a_lease')
    table.check('(tries = 0) = (first_tried_at is null)', [], 'tried_at_a_time')
  })
  await knex.raw('create index card_payments_under_way on card_payments (lease_until) where answered_at is null')
  await knex.raw('create unique index one_card_payment_at_a_time on card_payments (case_id) where answered_at is null')
}

export async function down(knex: Knex) {
  await knex.schema.dropTable('card_payments')
  await knex.schema.dropTable('card_hints')
  await knex.raw('drop index cases_to_check_cards')
  await knex.schema.alterTable('recovery_cases', (table) => table.dropColumns('card_check_at', 'pinned_at'))
  await knex.schema.alterTable('workspaces', (table) => table.dropColumn('pay_with_new_card'))
}
