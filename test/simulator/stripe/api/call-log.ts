export interface RecordedCall {
  /** Milliseconds since 1970, real. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly query: string
  readonly status: number
  readonly requestId: string
  readonly idempotencyKey: string | null
  readonly replayed: boolean
  /** What a fault did to it. */
  readonly fault: string | undefined
}

/** What the product asked us, and what it asked that nobody has built. */
export class CallLog {
  readonly calls: RecordedCall[] = []
  /** Such as `GET /v1/refunds`. */
  readonly notSimulated: string[] = []

  to(method: string, path: string | RegExp): readonly RecordedCall[] {
    return this.calls.filter(
      (call) => call.method === method && (typeof path === 'string' ? call.path === path : path.test(call.path)),
    )
  }
}
