export type Json = Record<string, unknown>

/** A version that took something away, and what objects had before it. */
export interface VersionStep {
  /** It and its successors lack what `gives` gives. */
  readonly version: string
  /** By kind of object, as its `object` says: the fields to put back. */
  readonly gives: Readonly<Record<string, (object: Json, past: Past) => Json>>
}

/** What an old shape names and the current one does not, as of the moment the object shows. */
export interface Past {
  price(id: string): Json | undefined
  /** The payment intent that collects an invoice. */
  intentOf(invoice: string): string | null
  /** The latest charge for an invoice. */
  chargeOf(invoice: string): string | null
  /** Some charge for an invoice went through. */
  wasCharged(invoice: string): boolean
  invoiceOf(paymentIntent: string): string | null
  /** Newest first. */
  chargesOf(paymentIntent: string): readonly Json[]
  /** Newest first. */
  refundsOf(charge: string): readonly Json[]
  disputeOf(charge: string): string | null
  subscriptionsOf(customer: string): readonly Json[]
}
