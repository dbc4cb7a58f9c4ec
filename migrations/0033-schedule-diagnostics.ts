import type { Knex } from 'knex'

/** The diagnostic comes round by itself, and the owner hears of a leak that grows. */
export async function up(knex: Knex) {
  await knex.schema.alterTable('workspaces', (table) => {
    table.text('diagnostic_every').notNullable().defaultTo('week')
    // 0 is Sunday; hours on the clock of the workspace.
    table.smallint('diagnostic_weekday').notNullable().defaultTo(1)
    table.smallint('diagnostic_hour').notNullable().defaultTo(6)
    // Null: never, or not worked out yet.
    table.timestamp('diagnostic_due_at')
    // By how many percent what is lost must have grown since the run before; null: nobody is told.
    table.integer('leak_threshold').defaultTo(25)
    table.check(`diagnostic_every in ('never', 'week', 'month')`, [], 'diagnostic_rhythm_known')
    table.check('diagnostic_weekday between 0 and 6 and diagnostic_hour between 0 and 23', [], 'diagnostic_time_known')
    table.check(`diagnostic_every <> 'never' or diagnostic_due_at is null`, [], 'no_diagnostic_due_when_never')
    table.check('leak_threshold between 1 and 1000', [], 'leak_threshold_sensible')
  })
  await knex.raw(`create index diagnostics_due on workspaces (diagnostic_due_at) where diagnostic_every <> 'never'`)

  await knex.schema.alterTable('diagnostics', (table) => {
    // The leak has grown past the threshold: the owner is to be told, was tried to be told, and was told.
    table.timestamp('leak_grew_at')
    table.specificType('leak_growth', 'json')
    table.timestamp('leak_tried_at')
    table.timestamp('leak_told_at')
    // The owner wants the report by mail: the same.
    table.timestamp('report_wanted_at')
    table.timestamp('report_tried_at')
    table.timestamp('report_told_at')
  })
}

export async function down(knex: Knex) {
  await knex.schema.alterTable('diagnostics', (table) => {
    table.dropColumns('leak_grew_at', 'leak_growth', 'leak_tried_at', 'leak_told_at')
    table.dropColumns('report_wanted_at', 'report_tried_at', 'report_told_at')
  })
  await knex.raw('drop index diagnostics_due')
  await knex.schema.alterTable('workspaces', (table) => {
    table.dropColumns(
      'diagnostic_every',
      'diagnostic_weekday',
      'diagnostic_hour',
      'diagnostic_due_at',
      'leak_threshold',
    )
  })
}
