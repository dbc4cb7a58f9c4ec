import { createHash } from 'node:crypto'

const LETTERS = Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')

/**
 * Ids that depend on the seed, on the parent and on the how-manieth child it is, never on the clock: the second charge
 * of an invoice has the same id in every run of a seed, whatever else happened in between.
 */
export class Ids {
  readonly #seed: string
  readonly #children = new Map<string, number>()

  constructor(seed: string) {
    this.#seed = seed
  }

  /** Such as `in_1R3…`: prefix, underscore, `length` letters and digits. */
  next(prefix: string, parent = '', length = 24): string {
    const bytes = this.#bytes(prefix, parent)
    // Put together as bytes: text grown letter by letter is kept by V8 as a chain of pieces, ten times its size.
    const id = Buffer.allocUnsafe(prefix.length + 1 + length)
    id.write(`${prefix}_`, 'latin1')
    for (let index = 0; index < length; index += 1) {
      id[prefix.length + 1 + index] = LETTERS[bytes[index % bytes.length]! % LETTERS.length]!
    }
    return id.toString('latin1')
  }

  uuid(parent = ''): string {
    const hex = this.#bytes('uuid', parent).toString('hex')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  }

  #bytes(kind: string, parent: string): Buffer {
    const family = `${kind}/${parent}`
    const child = (this.#children.get(family) ?? 0) + 1
    this.#children.set(family, child)
    return createHash('sha256').update(`${this.#seed}/${family}/${child}`).digest()
  }
}
