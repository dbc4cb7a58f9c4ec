import { describe, expect, it } from '@jest/globals'
import { connect } from '../../src/db/knex.js'
import { migrate } from '../../src/db/migrate.js'
import { StartError } from '../../src/errors.js'
import { useDatabase } from '../support/database.js'

const database = useDatabase()

/** A schema without any of our tables, on the same server. */
async function anEmptySchema(name: string) {
  await database.db.raw('create schema ??', [name])
  return connect(`${database.url}?options=-c%20search_path%3D${name}`)
}

describe('migrating', () => {
  it('stores names without a file ending, so that source and build take over from each other', async () => {
    const names = await database.db('knex_migrations').pluck('name')

    expect(names).toContain('0001-create-owners')
    expect(names.filter((name: string) => /\.(ts|js)$/.test(name))).toEqual([])
  })

  it('does nothing when there is nothing to do', async () => {
    expect(await migrate(database.db)).toEqual([])
  })

  it('goes on after a start that was killed in the middle of one', async () => {
    await database.db('knex_migrations_lock').update({ is_locked: 1 })

    expect(await migrate(database.db)).toEqual([])
  })

  it('lets two starts at once take turns', async () => {
    const one = await anEmptySchema('together')
    const two = connect(`${database.url}?options=-c%20search_path%3Dtogether`)
    try {
      const applied = await Promise.all([migrate(one), migrate(two)])
      expect(applied.map(({ length }) => length > 0).sort()).toEqual([false, true])
    } finally {
      await one.destroy()
      await two.destroy()
    }
  })

  it('stops at a migration that fails and says which', async () => {
    const db = await anEmptySchema('broken')
    await db.raw('create table workspaces (id int)')
    try {
      const failure = await migrate(db).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(StartError)
      expect((failure as Error).message).toMatch(/^Migration 0002-create-workspaces failed: /)
    } finally {
      await db.destroy()
    }
  })
})
