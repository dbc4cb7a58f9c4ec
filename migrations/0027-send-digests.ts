import type { Knex } from 'knex'

/** The owner is told by mail, daily or weekly, what came back, what stalled and what needs human eyes. */
export async function up(knex: Knex) {
  await knex.schema.alterTable('workspaces', (table) => {
    table.text('digest').notNullable().defaultTo('weekly')
    // Null: not worked out yet, the next sweep does.
    table.timestamp('digest_due_at')
    // When digests began: what was before is no news.
    table.timestamp('digest_from')
    // Why it was switched off without the owner: the mailbox did not want it.
    table.text('digest_stopped')
    table.check(`digest in ('off', 'daily', 'weekly')`, [], 'digest_frequency_known')
    table.check(`digest <> 'off' or digest_due_at is null`, [], 'no_digest_due_when_off')
    table.check(
      `digest_stopped is null or (digest = 'off' and digest_stopped in ('bounced', 'complained', 'suppressed'))`,
      [],
      'digest_stopped_for_a_reason',
    )
  })
  await knex.raw(`create index digests_due on workspaces (digest_due_at) where digest <> 'off'`)

  // A digest is about no single touch.
  await knex.schema.alterTable('mails', (table) => {
    table.boolean('is_digest').notNullable().defaultTo(false)
  })

  // How the figures stood at each digest. The next one tells the difference: nothing twice, and nothing left out that
  // was learned late. Those of a digest that was surely never sent go with its mail.
  await knex.schema.createTable('told_sums', (table) => {
    table.bigIncrements('id')
    table.uuid('workspace_id').notNullable()
    table.uuid('connection_id').notNullable()
    table
      .foreign(['workspace_id', 'connection_id'], 'told_sums_connection')
      .references(['workspace_id', 'id'])
      .inTable('stripe_connections')
      .onDelete('CASCADE')
    // Null: told without a mail, where digests began.
    table.uuid('mail_id')
    table
      .foreign(['workspace_id', 'mail_id'], 'told_sums_mail')
      .references(['workspace_id', 'id'])
      .inTable('mails')
      .onDelete('CASCADE')
    table.timestamp('told_at').notNullable()
    table.specificType('currency', 'char(3)').notNullable()
    table.bigInteger('cases').notNullable()
    table.bigInteger('exposed').notNullable()
    table.bigInteger('recovered_cases').notNullable()
    table.bigInteger('came_back').notNullable()
    table.bigInteger('assisted').notNullable()
    table.bigInteger('went_back').notNullable()
    table.unique(['workspace_id', 'id'], { indexName: 'told_sums_in_workspace' })
    table.index(['workspace_id', 'connection_id', 'currency', 'told_at'], 'told_sums_newest')
    table.index(['mail_id'], 'told_sums_of_mail')
  })
  // What was before there were digests is no news.
  await knex.raw(`insert into told_sums
    (workspace_id, connection_id, told_at, currency, cases, exposed, recovered_cases, came_back, assisted, went_back)
    select workspace_id, connection_id, now(), currency, count(*), sum(exposure), count(*) filter (where outcome = 'recovered'),
      sum(recovered + returned), coalesce(sum(recovered + returned) filter (where assisted), 0), sum(returned)
    from recovery_cases group by workspace_id, connection_id, currency`)
}

export async function down(knex: Knex) {
  await knex.schema.dropTable('told_sums')
  await knex.schema.alterTable('mails', (table) => table.dropColumn('is_digest'))
  await knex.raw('drop index digests_due')
  await knex.schema.alterTable('workspaces', (table) => {
    table.dropColumns('digest', 'digest_due_at', 'digest_from', 'digest_stopped')
  })
}
