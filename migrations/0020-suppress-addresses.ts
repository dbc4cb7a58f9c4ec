import type { Knex } from 'knex'

/** Addresses that a workspace must not write to any more, and why. */
export async function up(knex: Knex) {
  await knex.schema.createTable('suppressions', (table) => {
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'))
    table.uuid('workspace_id').notNullable()
    table.foreign('workspace_id', 'suppressions_workspace').references('workspaces.id').onDelete('CASCADE')
    // In lower case, or the hash of one whose owner was forgotten.
    table.text('address').notNullable()
    table.text('reason').notNullable()
    table.timestamp('suppressed_at').notNullable()
    table.unique(['workspace_id', 'id'], { indexName: 'suppressions_in_workspace' })
    table.unique(['workspace_id', 'address'], { indexName: 'one_suppression_an_address' })
    table.check("reason in ('bounced', 'complained', 'suppressed')", [], 'suppression_reason_known')
    table.check('address = lower(address)', [], 'suppressed_address_in_lower_case')
  })
}

export async function down(knex: Knex) {
  await knex.schema.dropTable('suppressions')
}
