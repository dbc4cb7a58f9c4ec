import type { Knex } from 'knex'

/** What a human has to do is looked for at every page of the panel: among open cases, and these few others. */
export async function up(knex: Knex) {
  await knex.raw('create index open_cases on recovery_cases (workspace_id, connection_id) where closed_at is null')
  await knex.raw(
    'create index cases_of_pinned_subscriptions on recovery_cases (workspace_id, connection_id) where pinned_at is not null',
  )
  await knex.raw(
    `create index disputes_to_answer on case_reversals (workspace_id)
     where kind = 'dispute' and not is_final and amount > 0`,
  )
}

export async function down(knex: Knex) {
  await knex.raw('drop index disputes_to_answer')
  await knex.raw('drop index cases_of_pinned_subscriptions')
  await knex.raw('drop index open_cases')
}
