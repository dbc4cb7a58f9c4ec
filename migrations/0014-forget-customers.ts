import type { Knex } from 'knex'

/** Customers of whom nothing personal is kept: what Stripe still says of them is stored without it. */
export async function up(knex: Knex) {
  await knex.schema.createTable('forgotten_customers', (table) => {
    table.uuid('workspace_id').notNullable()
    table.foreign('workspace_id', 'forgotten_customers_workspace').references('workspaces.id').onDelete('CASCADE')
    table.text('stripe_customer_id').notNullable()
    table.timestamp('forgotten_at').notNullable()
    table.primary(['workspace_id', 'stripe_customer_id'], { constraintName: 'forgotten_once' })
  })
  await knex.schema.alterTable('mails', (table) => {
    // Address and words are gone; when it was sent, and that it was, stays.
    table.timestamp('erased_at')
  })
  await knex.raw(
    `create index cases_of_customer on recovery_cases (workspace_id, stripe_customer_id)
     where stripe_customer_id is not null`,
  )
}

export async function down(knex: Knex) {
  await knex.raw('drop index cases_of_customer')
  await knex.schema.alterTable('mails', (table) => table.dropColumn('erased_at'))
  await knex.schema.dropTable('forgotten_customers')
}
