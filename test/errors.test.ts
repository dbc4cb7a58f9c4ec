import { describe, expect, it } from '@jest/globals'
import { messageOf, PermanentError } from '../src/errors.js'

describe('errors', () => {
  it('tells the message of anything thrown', () => {
    expect(messageOf(new PermanentError('Replace the key'))).toBe('Replace the key')
    expect(messageOf('plain words')).toBe('plain words')
  })
})
