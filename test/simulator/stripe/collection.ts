interface Window<T extends { readonly id: string }> {
  readonly of: Collection<T>
  readonly from: number
  readonly to: number | undefined
}

/** Objects of one kind, in the order in which they were made. */
export class Collection<T extends { readonly id: string }> {
  readonly #items: T[]
  readonly #positions: Map<string, number>
  readonly #from: number
  /** Undefined: up to the newest, whichever that is. */
  readonly #to: number | undefined
  readonly #children = new Map<string, T[]>()
  readonly #parentOf: ((item: T) => string | null) | undefined

  /** With `parentOf` those of one parent are found without a search; it is asked once, when the object is added. */
  constructor(parentOf?: (item: T) => string | null, window?: Window<T>) {
    this.#items = window ? window.of.#items : []
    this.#positions = window ? window.of.#positions : new Map()
    this.#from = window?.from ?? 0
    this.#to = window?.to
    this.#parentOf = parentOf
  }

  add<U extends T>(item: U): U {
    this.#positions.set(item.id, this.#items.length)
    this.#items.push(item)
    const parent = this.#parentOf?.(item) ?? null
    if (parent === null) return item
    const siblings = this.#children.get(parent)
    if (siblings) siblings.push(item)
    else this.#children.set(parent, [item])
    return item
  }

  /** Oldest first. */
  of(parent: string): readonly T[] {
    return this.#children.get(parent) ?? []
  }

  /** Also one outside of the window: a page can begin there. */
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
    return Math.max(0, this.#end - this.#from)
  }

  get newest(): T | undefined {
    return this.#items[this.#end - 1]
  }

  *[Symbol.iterator](): Generator<T> {
    for (let index = this.#from; index < this.#end; index += 1) yield this.#items[index]!
  }

  /** Newest first, starting below the item with the given id. */
  *newestFirst(below?: string): Generator<T> {
    const start = below === undefined ? this.#end : Math.min(this.#positions.get(below) ?? 0, this.#end)
    for (let index = start - 1; index >= this.#from; index -= 1) yield this.#items[index]!
  }

  /** The items newer than the given one, the closest first. */
  *newerThan(id: string): Generator<T> {
    const start = Math.max((this.#positions.get(id) ?? this.#items.length) + 1, this.#from)
    for (let index = start; index < this.#end; index += 1) yield this.#items[index]!
  }

  /**
   * A window on the items from the first that `begins` up to the one before the first that `ends`. Both must stay true
   * once they are, as "made at or after" does where items are in the order of their time.
   */
  between(begins: (item: T) => boolean, ends?: (item: T) => boolean): Collection<T> {
    return new Collection(undefined, { of: this, from: this.#firstThat(begins), to: ends && this.#firstThat(ends) })
  }

  get #end(): number {
    return this.#to ?? this.#items.length
  }

  #firstThat(test: (item: T) => boolean): number {
    let [low, high] = [this.#from, this.#end]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (test(this.#items[middle]!)) high = middle
      else low = middle + 1
    }
    return low
  }
}
