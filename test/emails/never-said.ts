/**
 * What no mail to a customer says, by language: why a card was refused beyond its expiry, that money is missing, threats,
 * urgency, cancellation. Stems, without word boundaries where a language builds compounds.
 */
export const NEVER_SAID: Readonly<Record<string, RegExp>> = {
  en: /\b(lost|stolen|fraud|pick.?up|insufficient|funds|balance|declined|invalid|cancel|suspend|terminat|lose access|overdue|immediately|urgent)/i,
}
