/** The version that SDK 23.1 pins. */
export const CURRENT_VERSION = '2026-10-28.endive'

const BASIL = '2025-03-31'

/** Versions begin with their date. Basil took `subscription`, `payment_intent` and `charge` off the invoice. */
export function isBeforeBasil(version: string): boolean {
  return version.slice(0, BASIL.length) < BASIL
}
