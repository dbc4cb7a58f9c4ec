import { NotSimulated } from '../../not-simulated.js'

export interface RecordedCall {
  /** Milliseconds since 1970, real. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly query: string
  /** The version in which it was answered. */
  readonly apiVersion: string
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
  readonly unbuilt = new NotSimulated()

  /** Such as `GET /v1/topups`, or `POST /v1/invoices/:id/pay forgive=true`. */
  get notSimulated(): readonly string[] {
    return this.unbuilt.asked
  }

  /** The same, for a test that asks on purpose: afterwards nothing is left for `stop` to complain about. */
  takeNotSimulated(): string[] {
    return this.unbuilt.take()
  }

  to(method: string, path: string | RegExp): readonly RecordedCall[] {
    return this.calls.filter(
      (call) => call.method === method && (typeof path === 'string' ? call.path === path : path.test(call.path)),
    )
  }
}
