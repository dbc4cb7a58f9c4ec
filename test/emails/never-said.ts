/**
 * What no mail to a customer says, by language: why a card was refused beyond its expiry, that money is missing, threats,
 * urgency, cancellation. Stems, without word boundaries where a language builds compounds.
 */
export const NEVER_SAID: Readonly<Record<string, RegExp>> = {
  en: /\b(lost|stolen|fraud|pick.?up|insufficient|funds|balance|declined|invalid|cancel|suspend|terminat|lose access|overdue|immediately|urgent)/i,
  de: /verloren|verlust|gestohlen|diebstahl|betrug|betrüg|verdacht|verdächt|sperr|deckung|gedeckt|guthaben|kontostand|reicht|ausreich|abgelehnt|ablehn|verweiger|ungültig|kündig|storn|beend|aussetz|pausier|zugang|zugriff|fällig|mahn|rückstand|schuld|säum|inkasso|dringend|umgehend|sofort|unverzüglich|spätestens|frist/i,
  fr: /perdu|perte|perdre|vol[ée]|fraud|soupçon|suspect|bloqu|oppos|insuffis|solde|provision|refus|rejet|inval|non valide|annul|résili|suspen|interromp|clôtur|désactiv|(votre|l['’]|d['’])accès|impay|dette|retard|échu|relance|mise en demeure|urgen|immédiat|sans délai|au plus vite|au plus tôt/i,
  es: /perdid|robad|extravi|fraud|sospech|bloque|insuficient|fondos|saldo|rechaz|deneg|declinad|inválid|no (es )?válid|cancel|suspen|rescind|dar de baja|(perder|pierd).{0,12}acceso|impag|deuda|moros|(factura|pago|renovación) vencid|urgen|inmediat|cuanto antes/i,
  pt: /perdid|roubad|furtad|extravi|fraud|suspeit|bloque|insuficien|fundos|saldo|recusad|negad|rejeitad|inválid|cancel|suspen|rescind|encerr|perder|dívida|débito|inadimpl|atras|vencid|urgen|imediat|quanto antes/i,
}
