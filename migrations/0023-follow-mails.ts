import type { Knex } from 'knex'

/** What the mail provider tells of a mail after it took it: each fact since when, whatever the order they come in. */
export async function up(knex: Knex) {
  await knex.schema.alterTable('mails', (table) => {
    table.timestamp('delivered_at')
    // The receiver's server does not take it yet; the provider goes on trying.
    table.timestamp('delayed_at')
    // It did not arrive, and says nothing of the address.
    table.timestamp('failed_at')
    // These three stop mail to the address.
    table.timestamp('bounced_at')
    table.timestamp('complained_at')
    table.timestamp('suppressed_at')
    // By a person or a scanner: no proof of anybody.
    table.timestamp('opened_at')
  })
  await knex.raw('create index mails_by_provider_id on mails (provider_id) where provider_id is not null')
}

export async function down(knex: Knex) {
  await knex.raw('drop index mails_by_provider_id')
  await knex.schema.alterTable('mails', (table) => {
    table.dropColumns(
      'delivered_at',
      'delayed_at',
      'failed_at',
      'bounced_at',
      'complained_at',
      'suppressed_at',
      'opened_at',
    )
  })
}
