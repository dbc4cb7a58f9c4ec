/** As Resend's API writes a moment: `2026-04-03 22:13:42.674000+00`. Source: its examples; webhooks use ISO 8601. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '000+00')
}
