import type { Knex } from 'knex'

/** Counters of rate-limiter-flexible, in the shape that the library asks for. Keys are hashes. */
export async function up(knex: Knex) {
  await knex.schema.createTable('rate_limits', (table) => {
    table.string('key', 255).primary()
    table.integer('points').notNullable().defaultTo(0)
    table.bigInteger('expire')
    table.index('expire', 'rate_limits_by_end')
  })
}

export async function down(knex: Knex) {
  await knex.schema.dropTable('rate_limits')
}
