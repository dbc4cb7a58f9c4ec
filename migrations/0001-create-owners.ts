import type { Knex } from 'knex'

export async function up(knex: Knex) {
  await knex.schema.createTable('owners', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'))
    table.text('email').notNullable().unique({ indexName: 'owners_email_unique' })
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
    table.check('email = lower(email)', [], 'owner_email_in_lower_case')
  })
}

export async function down(knex: Knex) {
  await knex.schema.dropTable('owners')
}
