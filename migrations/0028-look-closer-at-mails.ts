import type { Knex } from 'knex'

/** What the provider saw of a mail is told apart by who it was, and a mail without an answer is looked up. */
export async function up(knex: Knex) {
  await knex.schema.alterTable('mails', (table) => {
    table.timestamp('clicked_at')
    // Opened or clicked by a program, or sooner than anybody reads.
    table.timestamp('scanned_at')
  })
  await knex.raw(
    `update mails set scanned_at = opened_at, opened_at = null
     where opened_at <= greatest(accepted_at, delivered_at) + interval '10 seconds'`,
  )
  await knex.schema.alterTable('deliveries', (table) => {
    // The provider is asked for the mails that it took, page by page, newest first.
    table.timestamp('looking_since')
    table.text('looked_after')
  })
}

export async function down(knex: Knex) {
  await knex.schema.alterTable('deliveries', (table) => table.dropColumns('looking_since', 'looked_after'))
  await knex.raw('update mails set opened_at = coalesce(opened_at, clicked_at, scanned_at)')
  await knex.schema.alterTable('mails', (table) => table.dropColumns('clicked_at', 'scanned_at'))
}
