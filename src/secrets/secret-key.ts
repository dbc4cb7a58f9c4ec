import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../errors.js'

/**
 * The key in `<dataDir>/secret-key`, made at the first start. Two processes that start at once end with the same one:
 * the file appears whole, by a link that only one of them can make.
 *
 * @returns 32 bytes
 * @throws StartError when the file is there and is not a key.
 */
export function secretKeyIn(dataDir: string): Buffer {
  const path = join(dataDir, 'secret-key')
  mkdirSync(dataDir, { recursive: true })
  return read(path) ?? make(path) ?? read(path) ?? fail(path)
}

function read(path: string): Buffer | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const key = Buffer.from(text, 'base64')
  return key.length === 32 ? key : fail(path)
}

function make(path: string): Buffer | null {
  const key = randomBytes(32)
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, key.toString('base64'), { mode: 0o600, flush: true })
  try {
    linkSync(draft, path)
    return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null
    throw error
  } finally {
    rmSync(draft)
  }
}

function fail(path: string): never {
  throw new StartError(
    `${path} is not a key. Put the file back from your backup: without it the stored Stripe keys can't be read. ` +
      'If nothing is stored yet, remove it and start again.',
  )
}
