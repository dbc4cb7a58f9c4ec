import { messageOf, StartError } from '../errors.js'

/** Every way the embedded Postgres fails to run is told alike: what happened, what to do, and the way out. */
export function cannotRun(what: string, remedy: string): StartError {
  return new StartError(
    `The embedded Postgres cannot run: ${what}. ${remedy}, or set DATABASE_URL to a Postgres of your own (14 or newer).`,
  )
}

/**
 * A fault of the disk or of the system in words for the person at the terminal.
 * Anything else is given back as it is: a bug keeps its stack.
 */
export function inWords(error: unknown, dataDir: string): unknown {
  if (!isSystemError(error)) return error
  const place = error.path ?? dataDir
  const [what, remedy] = faults(place)[error.code] ?? [messageOf(error), `Make ${dataDir} usable`]
  return cannotRun(what, remedy)
}

/** The system's code of a fault (`ENOENT`), if it has one. */
export function codeOf(error: unknown): string | undefined {
  return isSystemError(error) ? error.code : undefined
}

function faults(place: string): Record<string, [what: string, remedy: string]> {
  const elsewhere = 'Choose another folder with DATA_DIR'
  const denied: [string, string] = [`this user may not use ${place}`, `Give it to this user or choose another DATA_DIR`]
  const full: [string, string] = [`no room is left on the disk of ${place}`, 'Make room']
  return {
    EEXIST: [`${place} is a file, not a folder`, elsewhere],
    ENOTDIR: [`${place} is a file, not a folder, or lies below one`, elsewhere],
    EACCES: denied,
    EPERM: denied,
    EROFS: [`${place} is on a read-only disk`, elsewhere],
    ENOSPC: full,
    EDQUOT: full,
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error
}
