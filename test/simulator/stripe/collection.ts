/** Objects of one kind, in the order in which they were made. */
export class Collection<T extends { readonly id: string }> {
  readonly #items: T[] = []
  readonly #positions = new Map<string, number>()

  add<U extends T>(item: U): U {
    this.#positions.set(item.id, this.#items.length)
    this.#items.push(item)
    return item
  }

  get(id: string): T | undefined {
    const position = this.#positions.get(id)
    return position === undefined ? undefined : this.#items[position]
  }

  /** For ids that the simulator itself handed out. */
  require(id: string): T {
    const item = this.get(id)
    if (!item) throw new Error(`The simulator has no ${id}`)
    return item
  }

  get size(): number {
    return this.#items.length
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#items[Symbol.iterator]()
  }

  /** Newest first, starting below (or above) the item with the given id. */
  *newestFirst(below?: string): Generator<T> {
    const start = below === undefined ? this.#items.length : (this.#positions.get(below) ?? 0)
    for (let index = start - 1; index >= 0; index -= 1) yield this.#items[index]!
  }

  /** The items newer than the given one, the closest first. */
  *newerThan(id: string): Generator<T> {
    const start = this.#positions.get(id) ?? this.#items.length
    for (let index = start + 1; index < this.#items.length; index += 1) yield this.#items[index]!
  }
}
