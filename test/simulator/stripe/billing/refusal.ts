/** Something that Stripe refuses to do, with the words and the code that it has for that. */
export class Refusal extends Error {
  readonly code: string | undefined
  readonly param: string | undefined

  constructor(message: string, { code, param }: { readonly code?: string; readonly param?: string } = {}) {
    super(message)
    this.code = code
    this.param = param
  }
}
