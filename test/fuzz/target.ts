import type fc from 'fast-check'

/** Something that reads what strangers send. */
export interface Target<Case> {
  readonly name: string
  /** What may be sent, made smaller by fast-check once something is wrong. */
  readonly cases: fc.Arbitrary<Case>
  /** Tries one; gives what came of it, a word or two for each part. Throws when anything is not as it must be. */
  attempt(one: Case): Promise<readonly string[]> | readonly string[]
  /** The case in words that let somebody repeat it, without what stands in real payloads. */
  describe(one: Case): string
  close(): Promise<void>
}

/** What must hold, did not. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

export function insist(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Broken(otherwise)
}
