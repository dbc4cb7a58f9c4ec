import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { PermanentError } from '../errors.js'

/**
 * Encrypts what is stored and must be read again: Stripe keys, signing secrets, tokens shown again, mail bodies.
 *
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. The sealed text is
 * `v1.<key id>.<nonce>.<ciphertext and tag>` in base64url. The place (`workspace/field`) is additional data, so that
 * a sealed text copied into another workspace or column can't be opened.
 */
export interface Cipher {
  seal(plain: string, place: Place): string
  /** @throws PermanentError when the key is unknown, or the text was changed or moved. */
  open(sealed: string, place: Place): string
  /** How every text begins that the current key sealed. */
  readonly currentPrefix: string
}

export interface Place {
  readonly workspaceId: string
  /** `table.column` */
  readonly field: string
}

/** @param keys 32 bytes each: the current one first, then those that may still open. */
export function createCipher(keys: readonly [Buffer, ...Buffer[]]): Cipher {
  const current = keys[0]
  const byId = new Map(keys.map((key) => [keyId(key), key]))

  return {
    currentPrefix: `v1.${keyId(current)}.`,
    seal(plain, place) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', current, nonce).setAAD(additionalData(place))
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return ['v1', keyId(current), nonce.toString('base64url'), sealed.toString('base64url')].join('.')
    },
    open(sealed, place) {
      const [version, id, nonce, body] = sealed.split('.')
      const key = version === 'v1' && id ? byId.get(id) : undefined
      if (!key || !nonce || !body) {
        throw new PermanentError(
          `${place.field} was encrypted with a key that is not here: set SECRET_KEY_PREVIOUS to it`,
        )
      }
      const bytes = Buffer.from(body, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: 16 })
        .setAAD(additionalData(place))
        .setAuthTag(bytes.subarray(-16))
      try {
        return decipher.update(bytes.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        throw new PermanentError(`${place.field} can't be decrypted: it was changed, or belongs to another workspace`)
      }
    },
  }
}

const additionalData = (place: Place) => Buffer.from(`${place.workspaceId}/${place.field}`)
const keyId = (key: Buffer) => createHash('sha256').update(key).digest('hex').slice(0, 8)
