import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { cannotRun } from './cannot-run.js'

/** The account Postgres runs as when it is not our own. */
export interface Account {
  name: string
  uid: number
  gid: number
}

export interface Self {
  /** As in `process.platform`. */
  platform: string
  uid: number
  /** Whether the system knows a name for our uid. */
  named: boolean
  /** The text of /etc/passwd. */
  passwd: string
}

/** Who we are. */
export function self(): Self {
  return {
    platform: process.platform,
    uid: process.geteuid?.() ?? -1,
    named: hasName(),
    passwd: existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : '',
  }
}

/**
 * Whom Postgres runs as: root gives it to `nobody`, since Postgres refuses root; undefined means as ourselves.
 * Throws `StartError` when there is nobody fit.
 */
export function serverAccount({ platform, uid, named, passwd }: Self): Account | undefined {
  if (!named) {
    throw cannotRun(
      `user id ${uid} has no entry in /etc/passwd, and Postgres insists on one`,
      'Run as a user that has one',
    )
  }
  if (uid !== 0) return undefined
  if (platform !== 'linux') throw cannotRun('Postgres refuses to run as root', 'Run as a normal user')
  const nobody = /^nobody:[^:]*:(\d+):(\d+):/m.exec(passwd)
  if (!nobody) {
    throw cannotRun(
      'Postgres refuses to run as root, and there is no user "nobody" to run it as',
      'Run as a normal user',
    )
  }
  return { name: 'nobody', uid: Number(nobody[1]), gid: Number(nobody[2]) }
}

/** The first folder or file on the way down a resolved path that an account may not pass or run; undefined: none. */
export async function closedTo(account: Account, path: string): Promise<string | undefined> {
  const above = dirname(path)
  const closedAbove = above === path ? undefined : await closedTo(account, above)
  if (closedAbove) return closedAbove
  const { mode, uid, gid } = await stat(path)
  const right = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
  return mode & right ? undefined : path
}

/** Throws `StartError` when an account cannot reach a path. */
export async function insistOpen(account: Account, path: string): Promise<void> {
  const closed = await closedTo(account, path)
  if (closed) {
    throw cannotRun(
      `${account.name}, whom Postgres runs as under root, may not pass ${closed}`,
      `Let it pass (chmod o+x ${closed})`,
    )
  }
}

/** Makes a folder (absolute path) and those missing above it: ours alone, or open for the server's account to pass through. */
export async function makeFolder(path: string, account: Account | undefined): Promise<void> {
  const mode = account ? 0o711 : 0o700
  const first = await mkdir(path, { recursive: true, mode })
  if (!first) return
  // Said again because the umask may have taken bits away.
  for (let folder = path; folder.length >= first.length; folder = dirname(folder)) await chmod(folder, mode)
}

function hasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}
