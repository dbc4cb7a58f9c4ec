import { existsSync } from 'node:fs'
import { chmod, cp, readdir, readFile, realpath, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { type Account, closedTo, insistOpen, makeFolder } from './account.js'
import { buildFolder } from './build-folder.js'
import { cannotRun, codeOf } from './cannot-run.js'

/** Postgres as it lies in its npm package. */
export interface Binaries {
  /** Holds `bin`, `lib` and `share`. */
  folder: string
  /** The package's version, `18.4.0-beta.17`. */
  version: string
}

/** Finds the installed package. Throws `StartError` when npm left it out. */
export async function findBinaries(packageName: string): Promise<Binaries> {
  try {
    const root = join(dirname(createRequire(import.meta.url).resolve(packageName)), '..')
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    return { folder: await realpath(join(root, 'native')), version }
  } catch {
    throw cannotRun(`the package ${packageName} is not installed`, 'Run npm install without leaving out optional ones')
  }
}

/**
 * Makes the binaries ready for an account and says where to run them from: in their package when it can be, in a
 * copy below `copies` when the account cannot reach the package or its library links are missing and cannot be made.
 */
export async function readyBinaries(
  { folder, version }: Binaries,
  account: Account | undefined,
  copies: string,
  say: (line: string) => void,
): Promise<string> {
  const closed = account && (await closedTo(account, join(folder, 'bin', 'postgres')))
  if (!closed && (await makeLinks(folder))) return folder

  const copy = join(copies, `${version}-${process.platform}-${process.arch}`)
  if (!existsSync(copy)) {
    say(`Copying Postgres to ${copy}: ${closed ? `${account?.name} may not pass ${closed}` : `${folder} is read-only`}`)
    await makeFolder(copies, account)
    await buildFolder(copy, (temporary) => copyBinaries(folder, temporary))
  }
  if (account) await insistOpen(account, join(copy, 'bin', 'postgres'))
  return copy
}

async function copyBinaries(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true })
  await makeLinks(to)
  // The package may have been installed with a umask that shut others out.
  for (const path of ['', ...(await readdir(to, { recursive: true }))]) await chmod(join(to, path), 0o755)
}

/** Makes the library links that npm skips when it runs no install scripts. False when the folder is not ours to write. */
async function makeLinks(folder: string): Promise<boolean> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(folder, 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    const link = join(folder, relative('native', target))
    if (existsSync(link)) continue
    try {
      await symlink(relative(dirname(target), source), link)
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue
      if (['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) return false
      throw error
    }
  }
  return true
}
