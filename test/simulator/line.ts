/** What waits its turn, first in, first out. Unlike an array's `shift` it costs the same however much waits. */
export class Line<T> {
  #entering: T[] = []
  #leaving: T[] = []

  get length(): number {
    return this.#entering.length + this.#leaving.length
  }

  push(item: T): void {
    this.#entering.push(item)
  }

  next(): T | undefined {
    if (this.#leaving.length === 0) {
      this.#leaving = this.#entering.reverse()
      this.#entering = []
    }
    return this.#leaving.pop()
  }
}
