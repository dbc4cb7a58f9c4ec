import type { Knex } from 'knex'

/** What Stripe said of the key: permission by permission, whose it is, and since when it is refused. */
export async function up(knex: Knex) {
  await knex.schema.alterTable('stripe_connections', (table) => {
    table.text('account_name')
    table.json('capabilities')
    table.timestamp('capabilities_checked_at')
    table.timestamp('rejected_at')
    table.timestamp('rejection_tried_at')
    table.timestamp('rejection_told_at')
    table.timestamp('first_event_at')
    table.check(
      'rejected_at is not null or (rejection_tried_at is null and rejection_told_at is null)',
      [],
      'told_of_a_rejection',
    )
  })
  await knex.raw(
    'create index rejections_to_tell on stripe_connections (rejected_at) where rejected_at is not null and rejection_told_at is null',
  )
  await knex.raw(
    `create unique index one_workspace_a_live_account on stripe_connections (stripe_account_id)
     where mode = 'live' and replaced_at is null`,
  )
  await knex.schema.alterTable('signing_secrets', (table) => {
    // Of the endpoint that we made; null: the owner pasted the secret.
    table.text('webhook_endpoint_id')
  })
}

export async function down(knex: Knex) {
  await knex.schema.alterTable('signing_secrets', (table) => table.dropColumn('webhook_endpoint_id'))
  await knex.raw('drop index one_workspace_a_live_account')
  await knex.schema.alterTable('stripe_connections', (table) => {
    table.dropColumns(
      'account_name',
      'capabilities',
      'capabilities_checked_at',
      'rejected_at',
      'rejection_tried_at',
      'rejection_told_at',
      'first_event_at',
    )
  })
}
