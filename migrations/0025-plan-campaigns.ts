import type { Knex } from 'knex'

/** The plan of contacts becomes the owner's: steps for each class, hours, weekends, a gap. */
export async function up(knex: Knex) {
  await knex.schema.createTable('campaign_steps', (table) => {
    table.uuid('workspace_id').notNullable()
    table.foreign('workspace_id', 'campaign_steps_workspace').references('workspaces.id').onDelete('CASCADE')
    table.text('plan').notNullable()
    table.integer('step').notNullable()
    table.integer('wait_minutes').notNullable()
    table.text('template').notNullable()
    table.boolean('is_on').notNullable()
    table.primary(['workspace_id', 'plan', 'step'], { constraintName: 'campaign_steps_pkey' })
    table.check(`plan in ('every', 'card', 'authentication', 'funds', 'unknown')`, [], 'plan_of_a_class')
    table.check(`template in ('first_notice', 'reminder', 'final_notice')`, [], 'template_of_a_step')
    table.check('step >= 0 and wait_minutes >= 0 and (step > 0) = (wait_minutes > 0)', [], 'first_step_at_once')
  })

  await knex.schema.alterTable('workspaces', (table) => {
    table
      .integer('sending_from')
      .notNullable()
      .defaultTo(9 * 60)
    table
      .integer('sending_until')
      .notNullable()
      .defaultTo(18 * 60)
    table.boolean('sends_on_weekends').notNullable().defaultTo(true)
    table.integer('gap_hours').notNullable().defaultTo(24)
    table.boolean('thank_you').notNullable().defaultTo(false)
    table.check(
      'sending_from >= 0 and sending_from + 60 <= sending_until and sending_until <= 1440',
      [],
      'an_hour_to_send',
    )
    table.check('gap_hours between 1 and 168', [], 'a_gap_of_hours')
  })

  await knex.schema.alterTable('touches', (table) => {
    table.text('template').notNullable().defaultTo('first_notice')
    table.integer('wait_minutes').notNullable().defaultTo(0)
    table.timestamp('asked_at')
    table.check(`template in ('first_notice', 'reminder', 'final_notice', 'thank_you')`, [], 'template_of_a_touch')
  })
  await knex.raw(`update touches set template = 'reminder' where step > 0`)

  await knex.schema.alterTable('recovery_cases', (table) => {
    table.timestamp('campaign_at')
  })
  await knex.raw('update recovery_cases set campaign_at = opened_at')
  await knex.schema.alterTable('recovery_cases', (table) => {
    table.dropNullable('campaign_at')
  })
  await knex.raw(
    'create index first_touches_planned on touches (due_at) where step = 0 and mail_id is null and skipped_at is null and canceled_at is null',
  )
  // Mails to one mailbox keep their distance, whichever of the customer's records they are about.
  await knex.raw('create index cases_of_mailbox on recovery_cases (workspace_id, lower(customer_email))')
}

export async function down(knex: Knex) {
  await knex.raw('drop index cases_of_mailbox')
  await knex.raw('drop index first_touches_planned')
  await knex.schema.alterTable('recovery_cases', (table) => table.dropColumn('campaign_at'))
  await knex.schema.alterTable('touches', (table) => table.dropColumns('template', 'wait_minutes', 'asked_at'))
  await knex.schema.alterTable('workspaces', (table) => {
    table.dropColumns('sending_from', 'sending_until', 'sends_on_weekends', 'gap_hours', 'thank_you')
  })
  await knex.schema.dropTable('campaign_steps')
}
