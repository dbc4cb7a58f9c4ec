import type { Knex } from 'knex'

/**
 * A list of cases is read page by page in the order of an index, and what its tabs count from the index alone. An index
 * row takes at most a third of a page, so of names and addresses only the beginning is in it.
 */
export async function up(knex: Knex) {
  await knex.raw(`create index cases_by_age on recovery_cases
    (workspace_id, connection_id, opened_at desc, id desc) include (outcome, currency)`)
  await knex.raw(`create index cases_by_amount on recovery_cases
    (workspace_id, connection_id, currency, exposure desc, id desc) include (outcome)`)
  for (const [name, column] of SEARCHED) {
    await knex.raw(`create index ${name} on recovery_cases
      (workspace_id, connection_id, lower(left(${column}, 100)) text_pattern_ops) where ${column} is not null`)
  }
}

export async function down(knex: Knex) {
  for (const name of [...SEARCHED.map(([index]) => index), 'cases_by_amount', 'cases_by_age']) {
    await knex.raw(`drop index ${name}`)
  }
}

const SEARCHED = [
  ['cases_by_name', 'customer_name'],
  ['cases_by_address', 'customer_email'],
  ['cases_by_number', 'invoice_number'],
] as const
