import { deflateRawSync, inflateRawSync } from 'node:zlib'

export interface EventText {
  /** The object as it was at that moment, in JSON of the current shape. */
  readonly objectJson: string
  readonly previousJson: string | undefined
}

/** So many events are packed together: more pack little better, and one of them is read more slowly. */
const BLOCK = 32
const LEVEL = 3

interface Block {
  /** Two for each event; undefined once they are packed. */
  lines: string[] | undefined
  packed: Buffer | undefined
  /** Events of the block that somebody still reads. */
  held: number
}

/**
 * The JSON of all events, by their number. It is most of what an account weighs and few of it are read twice, so blocks
 * that nobody holds are packed: to a twelfth, since events resemble each other.
 */
export class EventTexts {
  readonly #blocks: Block[] = []
  #size = 0
  /** The packed block that was read last: neighbours are asked for together. */
  #read: { readonly block: Block; readonly lines: readonly string[] } | undefined

  /** Gives its number. */
  add({ objectJson, previousJson = '' }: EventText): number {
    if (this.#size % BLOCK === 0) {
      this.#packUnheld(this.#blocks.at(-1))
      this.#blocks.push({ lines: [], packed: undefined, held: 0 })
    }
    this.#blocks.at(-1)?.lines?.push(objectJson, previousJson)
    this.#size += 1
    return this.#size - 1
  }

  get(number: number): EventText {
    const lines = this.#linesOf(this.#blockOf(number))
    const line = (number % BLOCK) * 2
    return { objectJson: lines[line]!, previousJson: lines[line + 1] || undefined }
  }

  /** Keeps it at hand until it is released as often as it was held. */
  hold(number: number): void {
    this.#blockOf(number).held += 1
  }

  release(number: number): void {
    const block = this.#blockOf(number)
    block.held -= 1
    if (block !== this.#blocks.at(-1)) this.#packUnheld(block)
  }

  #blockOf(number: number): Block {
    return this.#blocks[Math.floor(number / BLOCK)]!
  }

  #linesOf(block: Block): readonly string[] {
    if (block.lines) return block.lines
    if (this.#read?.block !== block) {
      this.#read = { block, lines: inflateRawSync(block.packed!).toString().split('\n') }
    }
    return this.#read.lines
  }

  /** JSON has no line breaks of its own. What zlib gives is a view on a larger buffer, so it is copied. */
  #packUnheld(block: Block | undefined): void {
    if (!block?.lines || block.held > 0) return
    block.packed = Buffer.from(deflateRawSync(block.lines.join('\n'), { level: LEVEL }))
    block.lines = undefined
  }
}
