import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { chmod, chown, cp, mkdir, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect } from '@jest/globals'
import { findBinaries } from '../../src/embedded/binaries.js'
import { packageFor, thisPlatform } from '../../src/embedded/platform.js'
import { removeEmbeddedPostgres } from '../../src/embedded/remove-embedded-postgres.js'
import {
  aFolder,
  ask,
  cleanUp,
  itAsAnotherUser,
  itAsRoot,
  nobody,
  serverPid,
  start,
  startInAProcess,
} from './harness.js'

afterEach(cleanUp)

const answers = (url: string) => expect(ask(url, 'select 1 as one')).resolves.toEqual([{ one: 1 }])

describe('as root', () => {
  itAsRoot('runs as nobody, to whom only the data belong', async () => {
    const { clusterDir } = await start({ dataDir: join(await aFolder(), 'made', 'by', 'us') })
    const owners = (folder: string) =>
      Object.fromEntries(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).uid]))

    expect(statSync(`/proc/${serverPid(clusterDir)}`).uid).toBe(nobody.uid)
    expect(owners(clusterDir)).toEqual({ data: nobody.uid, holders: 0, password: 0, port: 0, 'server.log': 0 })
    expect(statSync(join(clusterDir, 'data')).mode & 0o777).toBe(0o700)
  })

  itAsRoot('runs below folders it makes itself under a strict umask', async () => {
    const folder = await aFolder()
    const umask = process.umask(0o077)
    try {
      const { url, clusterDir } = await start({ dataDir: join(folder, 'made', 'by', 'us') })
      expect(clusterDir).toBe(join(folder, 'made', 'by', 'us', 'postgres'))
      await answers(url)
    } finally {
      process.umask(umask)
    }
  })

  itAsRoot('moves the cluster out of a closed folder, says so, and finds it again when that is opened', async () => {
    const home = await aFolder(0o700)
    const dataDir = join(home, 'data')
    const lines: string[] = []
    const first = await start({ dataDir, say: (line) => lines.push(line) })
    await ask(first.url, 'create table kept as select 42 as answer')
    await first.stop()

    expect(first.clusterDir).toMatch(/^\/var\/lib\/secondloop\/[0-9a-f]{16}-[0-9a-f]{8}$/)
    expect(lines[0]).toBe(
      `Postgres keeps its data in ${first.clusterDir}: it runs as nobody, who may not pass ${home}.`,
    )
    expect(readFileSync(join(dataDir, 'postgres-moved-to'), 'utf8')).toBe(`${first.clusterDir}\n`)

    chmodSync(home, 0o755)
    const second = await start({ dataDir, say: (line) => lines.push(line) })
    expect(lines.at(-1)).toBe(`Postgres keeps its data in ${first.clusterDir}.`)
    expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  })

  itAsRoot('does not start empty when the folder above existing data was closed', async () => {
    const home = await aFolder()
    const first = await start({ dataDir: join(home, 'data') })
    await first.stop()
    chmodSync(home, 0o700)

    await expect(start({ dataDir: join(home, 'data') })).rejects.toThrow(`chmod o+x ${home}`)
  })

  itAsRoot('does not start empty when the moved cluster is not where the pointer says', async () => {
    const dataDir = join(await aFolder(0o700), 'data')
    const { clusterDir, stop } = await start({ dataDir })
    await stop()
    await rm(clusterDir, { recursive: true })

    await expect(start({ dataDir })).rejects.toThrow(`lives in ${clusterDir}, and nothing is there`)
  })

  itAsRoot('starts empty when the data directory of a moved cluster was removed', async () => {
    const dataDir = join(await aFolder(0o700), 'data')
    const first = await start({ dataDir })
    await ask(first.url, 'create table kept as select 42 as answer')
    await first.stop()
    await rm(dataDir, { recursive: true })
    const second = await start({ dataDir })

    await expect(ask(second.url, 'select answer from kept')).rejects.toThrow('does not exist')
  })

  itAsRoot('ends with one moved cluster when two processes make it at once', async () => {
    const dataDir = join(await aFolder(0o700), 'data')
    const [one, other] = await Promise.all([startInAProcess({ dataDir }), startInAProcess({ dataDir })])

    expect(one.error).toBeUndefined()
    expect(other.url).toBe(one.url)
    expect(other.clusterDir).toBe(one.clusterDir)
    expect(readdirSync(dataDir)).toEqual(['postgres-moved-to'])
  })

  itAsRoot('removes a moved cluster with its pointer', async () => {
    const dataDir = join(await aFolder(0o700), 'data')
    const { clusterDir, stop } = await start({ dataDir })
    await stop()
    await removeEmbeddedPostgres(dataDir)

    expect(existsSync(clusterDir)).toBe(false)
    expect(readdirSync(dataDir)).toEqual([])
  })

  itAsRoot('runs a copy of binaries that lie below a closed folder, also for two starts at once', async () => {
    const [shared, dataDir] = [await aFolder(), await aFolder()]
    const binaries = await aPackage(await aFolder(0o700), 0o700)
    const lines: string[] = []
    const started = await Promise.all([
      start({ dataDir, say: (line) => lines.push(line) }, { shared, binaries }),
      startInAProcess({ dataDir, places: { shared, binaries } }),
    ])

    for (const { url } of started) await answers(url)
    const [copy] = readdirSync(join(shared, 'bin'))
    expect(readdirSync(join(shared, 'bin'))).toEqual([`${binaries.version}-${process.platform}-${process.arch}`])
    expect(lines[0]).toContain(`Copying Postgres to ${shared}/bin/${copy}: nobody may not pass ${binaries.home}`)
    expect(readFileSync(`/proc/${serverPid(started[0].clusterDir)}/cmdline`, 'utf8')).toMatch(
      new RegExp(`^${shared}/bin/${copy}/bin/postgres`),
    )

    lines.length = 0
    await start({ dataDir: await aFolder(), say: (line) => lines.push(line) }, { shared, binaries })
    expect(lines.join()).not.toContain('Copying')
  })

  itAsRoot('makes library links that npm left out', async () => {
    const binaries = await aPackage(await aFolder(), 0o755)
    const { url } = await start({ dataDir: await aFolder() }, { shared: await aFolder(), binaries })

    await answers(url)
    expect(existsSync(join(binaries.folder, 'lib', 'libpq.so.5'))).toBe(true)
  })
})

describe('as a normal user', () => {
  itAsAnotherUser('keeps all in the data directory, also below folders closed to others', async () => {
    const home = await aFolder(0o700)
    await chown(home, nobody.uid, nobody.gid)
    const dataDir = join(home, 'data')
    const first = await startInAProcess({ dataDir }, nobody.uid)
    await ask(first.url, 'create table kept as select 42 as answer')
    await first.stop()
    const second = await startInAProcess({ dataDir }, nobody.uid)

    expect(second.clusterDir).toBe(join(dataDir, 'postgres'))
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
    expect(statSync(join(second.clusterDir, 'password'))).toMatchObject({ uid: nobody.uid })
    expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  })

  itAsAnotherUser('copies binaries that lack library links when their folder is read-only', async () => {
    const dataDir = await aFolder(0o777)
    const binaries = await aPackage(await aFolder(), 0o755)
    const { url, lines } = await startInAProcess({ dataDir, places: { shared: '/nowhere', binaries } }, nobody.uid)

    expect(lines[0]).toContain(`Copying Postgres to ${dataDir}/postgres-binaries/`)
    await answers(url)
  })

  itAsAnotherUser('is told whose the data are when they belong to another', async () => {
    const dataDir = await aFolder(0o777)
    const postgres = await start({ dataDir })
    const { error } = await startInAProcess({ dataDir }, 1)

    expect(error?.name).toBe('StartError')
    expect(error?.message).toContain(`${postgres.clusterDir}/data belongs to user id ${nobody.uid}`)
  })

  itAsAnotherUser('is told when the data directory is closed to it', async () => {
    const dataDir = join(await aFolder(), 'data')
    const { error } = await startInAProcess({ dataDir }, nobody.uid)

    expect(error).toEqual({
      name: 'StartError',
      message: `The embedded Postgres cannot run: this user may not use ${dataDir}. Give it to this user or choose another DATA_DIR, or set DATABASE_URL to a Postgres of your own (14 or newer).`,
    })
  })

  itAsAnotherUser('is told when its user id has no name', async () => {
    const { error } = await startInAProcess({ dataDir: await aFolder(0o777) }, 54321)

    expect(error?.name).toBe('StartError')
    expect(error?.message).toContain('user id 54321 has no entry in /etc/passwd')
    expect(error?.message).toContain('DATABASE_URL')
  })
})

/** The installed package as npm unpacks it without its install script: no library links. */
async function aPackage(home: string, mode: number) {
  const { folder: installed, version } = await findBinaries(packageFor(thisPlatform()))
  const folder = join(home, 'native')
  const links: { target: string }[] = createRequire(import.meta.url)(join(installed, 'pg-symlinks.json'))
  const targets = new Set(links.map(({ target }) => join(dirname(installed), target)))
  await mkdir(folder)
  await cp(installed, folder, { recursive: true, filter: (source) => !targets.has(source) })
  await chmod(folder, mode)
  return { home, folder, version }
}
