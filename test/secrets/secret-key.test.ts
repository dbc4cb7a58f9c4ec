import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { secretKeyIn } from '../../src/secrets/secret-key.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secondloop-key-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('the generated secret key', () => {
  it('is made once, for our eyes only, and found again at the next start', () => {
    const key = secretKeyIn(join(folder, 'data'))

    expect(key).toHaveLength(32)
    expect(secretKeyIn(join(folder, 'data'))).toEqual(key)
    expect(statSync(join(folder, 'data', 'secret-key')).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder, 'data'))).toEqual(['secret-key'])
  })

  it('is never replaced when its file was damaged: what it encrypted would be lost', () => {
    writeFileSync(join(folder, 'secret-key'), 'cut')
    expect(() => secretKeyIn(folder)).toThrow(/backup/)
  })
})
