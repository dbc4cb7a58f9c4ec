/**
 * What no mail to a customer says, by language: why a card was refused beyond its expiry, that money is missing, threats,
 * urgency, cancellation. Stems, without word boundaries where a language builds compounds.
 */
export const NEVER_SAID: Readonly<Record<string, RegExp>> = {
  en: /\b(lost|stolen|fraud|pick.?up|insufficient|funds|balance|declined|invalid|cancel|suspend|terminat|lose access|overdue|immediately|urgent)/i,
  es: /perdid|robad|extravi|fraud|sospech|bloque|insuficient|fondos|saldo|rechaz|deneg|declinad|inválid|no (es )?válid|cancel|suspen|rescind|dar de baja|(perder|pierd).{0,12}acceso|impag|deuda|moros|(factura|pago|renovación) vencid|urgen|inmediat|cuanto antes/i,
  pt: /perdid|roubad|furtad|extravi|fraud|suspeit|bloque|insuficien|fundos|saldo|recusad|negad|rejeitad|inválid|cancel|suspen|rescind|encerr|perder|dívida|débito|inadimpl|atras|vencid|urgen|imediat|quanto antes/i,
}
