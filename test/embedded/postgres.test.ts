import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { appendFile, chown, mkdir, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { removeEmbeddedPostgres } from '../../src/embedded/remove-embedded-postgres.js'
import { aFolder, ask, cleanUp, eventually, killServer, serverPid, start, startInAProcess } from './harness.js'

afterEach(cleanUp)

const answers = (url: string) => expect(ask(url, 'select 1 as one')).resolves.toEqual([{ one: 1 }])
const log = (clusterDir: string) => readFileSync(join(clusterDir, 'server.log'), 'utf8')

describe('the embedded Postgres', () => {
  it('is Postgres 18 in UTF-8, on loopback only, behind a password', async () => {
    const { url, clusterDir } = await start({ dataDir: await aFolder() })
    const [row] = await ask<{ server_version: string; lower: string; addresses: string; sockets: string }>(
      url,
      `select current_setting('server_version') as server_version, lower('ÄÖ'),
              current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets`,
    )

    expect(row).toEqual({
      server_version: expect.stringMatching(/^18/),
      lower: 'äö',
      addresses: '127.0.0.1',
      sockets: '',
    })
    expect(statSync(join(clusterDir, 'password')).mode & 0o777).toBe(0o600)
    await expect(ask(url.replace(/:\w+@/, ':wrong@'), 'select 1')).rejects.toThrow('password authentication failed')
  })

  it('keeps data, port and password between starts', async () => {
    const dataDir = await aFolder()
    const first = await start({ dataDir })
    await ask(first.url, 'create table kept as select 42 as answer')
    await first.stop()
    const second = await start({ dataDir })

    expect(second.url).toBe(first.url)
    expect(second.adopted).toBe(false)
    expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  })

  it('stops in good order, so that the next start recovers nothing', async () => {
    const dataDir = await aFolder()
    const first = await start({ dataDir })
    await Promise.all([first.stop(), first.stop()])
    expect(serverPid(first.clusterDir)).toBe(0)
    await start({ dataDir })

    expect(log(first.clusterDir)).toContain('database system was shut down at')
    expect(log(first.clusterDir)).not.toMatch(/interrupted|not properly shut down/)
  })

  it('takes another port when its own is taken by then', async () => {
    const dataDir = await aFolder()
    const first = await start({ dataDir })
    await first.stop()
    const other = createServer().listen(Number(new URL(first.url).port), '127.0.0.1')
    await once(other, 'listening')
    const second = await start({ dataDir })
    other.close()

    expect(new URL(second.url).port).not.toBe(new URL(first.url).port)
    await answers(second.url)
  })

  it('tells the log nothing of statements and their data', async () => {
    const { url, clusterDir } = await start({ dataDir: await aFolder() })
    await expect(ask(url, `select 'ada@example.com'::int`)).rejects.toThrow('invalid input syntax')

    expect(log(clusterDir)).not.toContain('ada@example.com')
  })
})

it('keeps the log of a running server from growing for ever', async () => {
  const { url, clusterDir } = await start({ dataDir: await aFolder() })
  await appendFile(join(clusterDir, 'server.log'), 'x'.repeat(5_000_000))
  await eventually(() => log(clusterDir) === '')
  await expect(ask(url.replace(/:\w+@/, ':wrong@'), 'select 1')).rejects.toThrow()

  expect(log(clusterDir)).toContain('password authentication failed')
  expect(readFileSync(join(clusterDir, 'server.log.old'), 'utf8').length).toBeGreaterThan(5_000_000)
})

describe('several processes on one data directory', () => {
  it('end with the same server when they start at once', async () => {
    const dataDir = await aFolder()
    const started = await Promise.all([1, 2, 3].map(() => startInAProcess({ dataDir })))

    expect(new Set(started.map(({ url }) => url)).size).toBe(1)
    expect(started.filter(({ adopted }) => !adopted)).toHaveLength(1)
    await answers(started[0]!.url)
  })

  it('keep the server until the last has stopped, whoever started it', async () => {
    const dataDir = await aFolder()
    const [first, second] = [await startInAProcess({ dataDir }), await start({ dataDir })]
    await first.stop()
    await answers(second.url)
    await second.stop()

    expect(serverPid(second.clusterDir)).toBe(0)
  })

  it('leave it running on request', async () => {
    const dataDir = await aFolder()
    const first = await start({ dataDir })
    await first.stop({ leaveRunning: true })
    const second = await start({ dataDir })

    expect(second.adopted).toBe(true)
    await answers(second.url)
  })
})

describe('after a crash', () => {
  it('adopts the living server of a process that was killed', async () => {
    const dataDir = await aFolder()
    const killed = await startInAProcess({ dataDir })
    await ask(killed.url, 'create table kept as select 42 as answer')
    const pid = serverPid(killed.clusterDir)
    await killed.kill()
    const lines: string[] = []
    const postgres = await start({ dataDir, say: (line) => lines.push(line) })

    expect(postgres.adopted).toBe(true)
    expect(serverPid(postgres.clusterDir)).toBe(pid)
    expect(lines).toEqual(['Postgres was already running: using that.'])
    expect(await ask(postgres.url, 'select answer from kept')).toEqual([{ answer: 42 }])
    await postgres.stop()
    expect(serverPid(postgres.clusterDir)).toBe(0)
  })

  it('finds the server unharmed after Ctrl-C ended a process that did not stop it', async () => {
    const dataDir = await aFolder()
    const interrupted = await startInAProcess({ dataDir })
    await interrupted.kill('SIGINT')

    await answers(interrupted.url)
    expect(await start({ dataDir })).toMatchObject({ adopted: true, url: interrupted.url })
  })

  it('recovers when process and server were killed, busy connections and all', async () => {
    const dataDir = await aFolder()
    const killed = await startInAProcess({ dataDir })
    await ask(killed.url, 'create table kept as select 42 as answer')
    const busy = ask(killed.url, `select count(*) from generate_series(1, 10000000)`).catch(() => {})
    await eventually(async () => {
      const others = `pid <> pg_backend_pid() and state = 'active' and query like '%generate_series%'`
      return (await ask(killed.url, `select from pg_stat_activity where ${others}`)).length > 0
    })
    await killed.kill()
    await killServer(serverPid(killed.clusterDir))
    const postgres = await start({ dataDir })

    expect(postgres.adopted).toBe(false)
    expect(await ask(postgres.url, 'select answer from kept')).toEqual([{ answer: 42 }])
    expect(log(postgres.clusterDir)).toContain('pre-existing shared memory block')
    await busy
  })

  it('removes what a set-up that was killed left behind', async () => {
    const dataDir = await aFolder()
    const [abandoned, underway] = [join(dataDir, '.secondloop-draft-old'), join(dataDir, '.secondloop-draft-new')]
    for (const draft of [abandoned, underway]) await mkdir(draft)
    const yesterday = Date.now() / 1_000 - 86_400
    await utimes(abandoned, yesterday, yesterday)
    await start({ dataDir })

    expect(readdirSync(dataDir).sort()).toEqual(['.secondloop-draft-new', 'postgres'])
  })

  it('waits for a server that is on its way down', async () => {
    const dataDir = await aFolder()
    const first = await startInAProcess({ dataDir })
    await first.kill()
    process.kill(serverPid(first.clusterDir), 'SIGINT')
    const postgres = await start({ dataDir })

    await answers(postgres.url)
  })

  describe('clears a lock that names', () => {
    it('a process that is gone', () => expectCleared('exit 0'))
    it('a living process of another program', () => expectCleared('echo $$; exec sleep 60'))
    it('a zombie', () => expectCleared('(exit 0) & echo $!; exec sleep 60'))
    it('no process at all', () => expectCleared('echo; exec sleep 60'))

    /** `script` prints the process id to put into the lock; without a print it is the ended script's own. */
    async function expectCleared(script: string) {
      const dataDir = await aFolder()
      const postgres = await start({ dataDir })
      await postgres.stop()
      const lock = join(postgres.clusterDir, 'data', 'postmaster.pid')
      const { uid } = statSync(join(postgres.clusterDir, 'data'))
      // By the user that Postgres runs as, for Postgres itself takes another user's process for none of its own.
      const child = spawn('sh', ['-c', script], { uid, stdio: ['ignore', 'pipe', 'ignore'] })
      const pid = await Promise.race([printed(child), once(child, 'exit').then(() => String(child.pid))])
      writeFileSync(lock, pid && `${pid}\n${postgres.clusterDir}/data\n1700000000\n5432\n\n127.0.0.1\n 1 1\nready   \n`)
      await chown(lock, uid, -1)
      try {
        const again = await start({ dataDir })
        expect(again.adopted).toBe(false)
        await answers(again.url)
      } finally {
        child.kill('SIGKILL')
      }
    }

    const printed = async (child: ChildProcess) => String((await once(child.stdout!, 'data'))[0]).trim()
  })
})

describe('a server that dies under us', () => {
  it('is brought back on its port', async () => {
    const attempts: number[] = []
    const { url, clusterDir } = await start({
      dataDir: await aFolder(),
      onRestart: ({ attempt }) => attempts.push(attempt),
    })
    const pid = serverPid(clusterDir)
    await killServer(pid)
    await eventually(() => attempts.length > 0)

    expect(attempts[0]).toBeGreaterThan(0)
    expect(serverPid(clusterDir)).not.toBe(pid)
    await answers(url)
  })

  it('is brought back when it was adopted, for all that use it', async () => {
    const dataDir = await aFolder()
    const killed = await startInAProcess({ dataDir })
    await killed.kill()
    let restarts = 0
    const onRestart = () => {
      restarts += 1
    }
    const [one, other] = [await start({ dataDir, onRestart }), await start({ dataDir, onRestart })]
    await killServer(serverPid(one.clusterDir))
    await eventually(() => restarts === 2)

    await answers(one.url)
    await answers(other.url)
  })

  it('is told as gone when it cannot be brought back', async () => {
    const gone: Error[] = []
    const { url, clusterDir } = await start({ dataDir: await aFolder(), onGone: (error) => gone.push(error) })
    const port = Number(new URL(url).port)
    await killServer(serverPid(clusterDir))
    const thief = createServer().listen(port, '127.0.0.1')
    await eventually(() => gone.length > 0)
    thief.close()

    expect(gone[0]?.message).toContain(`port ${port} is taken`)
  })

  it('stays down once stopped', async () => {
    let restarts = 0
    const postgres = await start({
      dataDir: await aFolder(),
      onRestart: () => {
        restarts += 1
      },
    })
    await killServer(serverPid(postgres.clusterDir))
    await postgres.stop()
    await new Promise((resolve) => setTimeout(resolve, 600))

    expect(restarts).toBe(0)
    expect(serverPid(postgres.clusterDir)).toBe(0)
  })
})

describe('removing the database', () => {
  it('stops a server that a killed process left, and lets the next start begin empty', async () => {
    const dataDir = await aFolder()
    await writeFile(join(dataDir, 'secret'), 'not ours')
    const killed = await startInAProcess({ dataDir })
    await ask(killed.url, 'create table kept as select 42 as answer')
    await killed.kill()
    await removeEmbeddedPostgres(dataDir)

    expect(readdirSync(dataDir)).toEqual(['secret'])
    const { url } = await start({ dataDir })
    await expect(ask(url, 'select answer from kept')).rejects.toThrow('does not exist')
  })

  it('is refused while a living process uses it', async () => {
    const dataDir = await aFolder()
    const { url } = await start({ dataDir })

    await expect(removeEmbeddedPostgres(dataDir)).rejects.toThrow('in use by another process')
    await answers(url)
  })

  it('is nothing to do where there is none', async () => {
    await expect(removeEmbeddedPostgres(join(await aFolder(), 'none'))).resolves.toBeUndefined()
  })
})
