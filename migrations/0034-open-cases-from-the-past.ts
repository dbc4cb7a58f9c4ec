import type { Knex } from 'knex'

/** What a diagnostic found unpaid can become a case: when the owner wanted it, and what it came to. */
export async function up(knex: Knex) {
  await knex.schema.alterTable('diagnostic_findings', (table) => {
    table.timestamp('case_wanted_at')
    table.timestamp('case_tried_at')
    table.timestamp('case_settled_at')
    table.text('case_came_to')
    table.check('case_wanted_at is not null or case_settled_at is null', [], 'case_settled_when_wanted')
    table.check('(case_settled_at is null) = (case_came_to is null)', [], 'case_settled_with_an_outcome')
  })
  await knex.raw(`create index past_cases_wanted on diagnostic_findings (workspace_id, case_wanted_at)
    where case_wanted_at is not null and case_settled_at is null`)
}

export async function down(knex: Knex) {
  await knex.raw('drop index past_cases_wanted')
  await knex.schema.alterTable('diagnostic_findings', (table) => {
    table.dropColumns('case_wanted_at', 'case_tried_at', 'case_settled_at', 'case_came_to')
  })
}
