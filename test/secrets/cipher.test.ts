import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { PermanentError } from '../../src/errors.js'
import { createCipher } from '../../src/secrets/cipher.js'

const OLD = randomBytes(32)
const NEW = randomBytes(32)
const place = { workspaceId: 'one', field: 'stripe_connections.api_key' }

describe('the cipher', () => {
  it('opens what it sealed, and never seals alike twice', () => {
    const cipher = createCipher([NEW])
    const sealed = cipher.seal('rk_live_secret', place)

    expect(cipher.open(sealed, place)).toBe('rk_live_secret')
    expect(sealed).not.toContain('rk_live')
    expect(cipher.seal('rk_live_secret', place)).not.toBe(sealed)
  })

  it('opens with the previous key what was sealed before a rotation', () => {
    const sealed = createCipher([OLD]).seal('before', place)

    expect(createCipher([NEW, OLD]).open(sealed, place)).toBe('before')
    expect(() => createCipher([NEW]).open(sealed, place)).toThrow(/SECRET_KEY_PREVIOUS/)
  })

  it('does not open a text that was moved to another workspace or column, or changed', () => {
    const cipher = createCipher([NEW])
    const sealed = cipher.seal('secret', place)
    const changed = sealed.slice(0, -2) + (sealed.endsWith('A') ? 'BB' : 'AA')

    expect(() => cipher.open(sealed, { ...place, workspaceId: 'two' })).toThrow(PermanentError)
    expect(() => cipher.open(sealed, { ...place, field: 'mails.content' })).toThrow(PermanentError)
    expect(() => cipher.open(changed, place)).toThrow(PermanentError)
    expect(() => cipher.open('not sealed at all', place)).toThrow(PermanentError)
  })
})
