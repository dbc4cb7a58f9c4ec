import type { Knex } from 'knex'

/** The times to the first mails of a period are read without those of all times, or of other workspaces. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('create index first_touches on touches (workspace_id, due_at) where step = 0')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index first_touches')
}
