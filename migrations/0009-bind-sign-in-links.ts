import type { Knex } from 'knex'

/**
 * A mailed link belongs to the address that asked, which may be nobody's yet, and to the browser it asked from. One
 * from the terminal belongs to an owner and opens in any browser.
 */
export async function up(knex: Knex) {
  await knex.schema.alterTable('sign_in_tokens', (table) => {
    table.setNullable('owner_id')
    table.text('email')
    table.text('browser_hash')
    table.check('(owner_id is null) <> (email is null)', [], 'link_of_an_owner_or_an_address')
    table.check('(email is null) = (browser_hash is null)', [], 'mailed_link_of_a_browser')
    table.index('expires_at', 'sign_in_tokens_by_end')
  })
  await knex.schema.alterTable('sessions', (table) => {
    table.text('user_agent').notNullable().defaultTo('')
    table.timestamp('seen_at')
    table.index('expires_at', 'sessions_by_end')
  })
}

export async function down(knex: Knex) {
  await knex('sign_in_tokens').whereNull('owner_id').delete()
  await knex.schema.alterTable('sign_in_tokens', (table) => {
    table.dropIndex('expires_at', 'sign_in_tokens_by_end')
    table.dropColumns('email', 'browser_hash')
    table.dropNullable('owner_id')
  })
  await knex.schema.alterTable('sessions', (table) => {
    table.dropIndex('expires_at', 'sessions_by_end')
    table.dropColumns('user_agent', 'seen_at')
  })
}
