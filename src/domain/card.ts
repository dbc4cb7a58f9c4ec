/** Stripe's card brands as people write them. Source: docs.stripe.com/api/payment_methods/object, November 2026. */
const BRANDS: ReadonlyMap<string, string> = new Map([
  ['amex', 'American Express'],
  ['diners', 'Diners Club'],
  ['discover', 'Discover'],
  ['eftpos_au', 'Eftpos'],
  ['jcb', 'JCB'],
  ['link', 'Link'],
  ['mastercard', 'Mastercard'],
  ['unionpay', 'UnionPay'],
  ['visa', 'Visa'],
])

/** "Visa", from Stripe's `visa`; `null` when the brand has no name that people know. */
export const cardBrandName = (brand: string): string | null => BRANDS.get(brand) ?? null

/** "Visa ending 4242", from Stripe's `visa` and `4242`; `null` when either is not known. */
export function cardInWords(brand: string | null, last4: string | null): string | null {
  return brand && last4 ? `${cardBrandName(brand) ?? 'Card'} ending ${last4}` : null
}
