import { describe, expect, it } from '@jest/globals'
import { checkSecretKey } from '../../src/accounts/check-secret-key.js'
import { createContext } from '../../src/context.js'
import { StartError } from '../../src/errors.js'
import { createCipher } from '../../src/secrets/cipher.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace } from '../support/factories.js'

const database = useDatabase()

describe('the secret key at the start', () => {
  it('is any key while nothing is stored, and only the right one after', async () => {
    const context = fakeContext({ db: database.db })
    const stranger = createContext({ ...context, cipher: createCipher([Buffer.alloc(32, 9)]) })
    await checkSecretKey(stranger)

    await aWorkspace(context)
    await checkSecretKey(context)
    await expect(checkSecretKey(stranger)).rejects.toThrow(StartError)
    await expect(checkSecretKey(stranger)).rejects.toThrow(/SECRET_KEY/)
  })
})
