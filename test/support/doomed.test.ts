import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Context } from '../../src/context.js'
import { connectionOf } from '../../src/context.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { crashScenario, surviveEveryCrash } from './crash-points.js'
import { aCrashWorld, type CrashWorld } from './crash-world.js'
import { useDatabase } from './database.js'
import { type Death, doomed, Killed } from './doomed.js'
import type { TestWorkspace } from './factories.js'

const database = useDatabase()
let world: CrashWorld

beforeEach(async () => {
  world = await aCrashWorld(database)
})
afterEach(() => world.stop())

const start = (death?: Death) => doomed(world.context, { databaseUrl: database.url, stripe: world.stripe }, death)
const named = (name: string, { id } = world.workspace) => ({
  in: async (db: Context['db']) => Workspace.query(db).findById(id).patch({ name }),
})
const nameOf = async ({ id }: Pick<TestWorkspace, 'id'>) => (await Workspace.query(database.db).findById(id))?.name
const greet = (context: Context, key: string) =>
  context.mail?.send(
    [
      {
        from: 'm@fernhill.example',
        to: 'ada@fernhill.example',
        replyTo: 'm@fernhill.example',
        subject: 'Hi',
        html: '<p>Hi</p>',
        text: 'Hi',
        headers: {},
        mailId: 'm1',
      },
    ],
    key,
  )
const askStripe = async (context: Context) => {
  const connection = await connectionOf(world.context, world.workspace.id, world.workspace.connectionId)
  return context.stripe(connection).customers.retrieve('cus_none')
}

describe('a process that is killed', () => {
  it('leaves nothing of a transaction that it did not commit, and no lock', async () => {
    const process = start({ at: 3 }) // begin, update, commit
    const renaming = process.context.db.transaction((trx) => named('Lost').in(trx))

    await expect(renaming).rejects.toThrow(Killed)
    await process.bury()
    expect(await nameOf(world.workspace)).toBe('Fernhill')
    await named('Kept').in(database.db)
  })

  it('leaves what it committed, though it does not hear of it', async () => {
    const process = start({ at: 3, moment: 'after' })
    const renaming = process.context.db.transaction((trx) => named('Kept').in(trx))

    await expect(renaming).rejects.toThrow(Killed)
    await process.bury()
    expect(await nameOf(world.workspace)).toBe('Kept')
  })

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('%s a mail leaves %s of them with the provider', async (moment, mails) => {
    const process = start({ at: 1, moment })

    await expect(greet(process.context, 'a key')).rejects.toThrow(Killed)
    await process.bury()
    expect(world.mail.inbox.mails).toHaveLength(mails)
  })

  it('does nothing any more, whatever it goes on to do', async () => {
    const process = start({ at: 1 })
    const { context } = process
    await named('Lost')
      .in(context.db)
      .catch(() => undefined)

    await expect(named('Lost').in(context.db)).rejects.toThrow(Killed)
    await expect(greet(context, 'a key')).rejects.toThrow(Killed)
    await expect(askStripe(context)).rejects.toThrow()
    await expect(context.wait(1_000)).rejects.toThrow(Killed)
    await process.bury()
    expect(await nameOf(world.workspace)).toBe('Fernhill')
    expect(world.mail.inbox.mails).toEqual([])
    expect(world.stripe.log.calls.every(({ fault }) => fault === 'drop')).toBe(true)
  })

  it('counts what a process does that lives', async () => {
    const process = start()
    await named('Kept').in(process.context.db)
    await greet(process.context, 'a key')
    await askStripe(process.context).catch(() => undefined)
    await process.bury()

    expect(process.effects.map(({ lasts }) => lasts)).toEqual([true, true, true])
    expect(process.isKilled).toBe(false)
  })
})

describe('looking for crash points', () => {
  const greetOnce = (run: (context: Context, world: CrashWorld) => Promise<unknown>) =>
    surviveEveryCrash(
      [database],
      crashScenario({
        name: 'greeting once',
        arrange: async () => undefined,
        run: (context, _, itsWorld) => run(context, itsWorld),
        isAskedAgain: true,
        expects: ({ mails }) => expect(mails).toHaveLength(1),
      }),
    )

  it('finds a use case that mails twice', async () => {
    let n = 0
    const careless = async (context: Context, { workspace }: CrashWorld) => {
      if ((await nameOf(workspace)) === 'Greeted') return
      await greet(context, `key ${n++}`)
      await named('Greeted', workspace).in(context.db)
    }
    await expect(greetOnce(careless)).rejects.toThrow(/Killed after effect 1, send 1 mails/)
  })

  it('finds a use case that loses a mail', async () => {
    const careless = async (context: Context, { workspace }: CrashWorld) => {
      if ((await nameOf(workspace)) === 'Greeted') return
      await named('Greeted', workspace).in(context.db)
      await greet(context, 'a key')
    }
    await expect(greetOnce(careless)).rejects.toThrow(/Killed after effect 1, update "workspaces"/)
  })

  it('is content with one that does neither', async () => {
    await greetOnce(async (context, { workspace }) => {
      await greet(context, 'a key')
      await named('Greeted', workspace).in(context.db)
    })
  })
})
