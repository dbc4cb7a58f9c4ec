import { type Line, line, strong } from '../line.js'
import type { InvoiceInWords, OneInvoiceWords, UnpaidWords, Words } from './words.js'

/*
 * For Spain and Latin America alike: usted, "no se completó" and not "no se ha completado", no word that only one side
 * uses. Only "renovación" and "tarjeta" have a gender here: names and customers have none that we know.
 */

const ADJECTIVES = { day: 'cada día', week: 'semanal', month: 'mensual', year: 'anual' } as const
const PLURALS = { day: 'días', week: 'semanas', month: 'meses', year: 'años' } as const

const renewal = (invoice: InvoiceInWords, workspace: string) =>
  invoice.plan ? `la renovación de ${invoice.plan}` : `su renovación en ${workspace}`

const sum = (invoice: InvoiceInWords) =>
  `${invoice.amount} por ${invoice.plan ? `la renovación de ${invoice.plan}` : 'su renovación'}.`

const yourCard = (invoice: InvoiceInWords) => `su ${invoice.card ?? 'tarjeta'}`

const cardTrouble = (invoice: InvoiceInWords) => (invoice.cardExpired ? 'está vencida' : 'ya no admite cobros')

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const renewalOf = (invoice: InvoiceInWords, workspace: string): Line =>
  line`${capital(renewal(invoice, workspace))} por ${strong(invoice.amount)}`

const isStillOpen = (invoice: InvoiceInWords, workspace: string): Line =>
  line`${renewalOf(invoice, workspace)} sigue pendiente`

const changingCards = 'Cambiar de tarjeta es cosa de un minuto.'
const settling = 'Resolverlo es cosa de un minuto.'
const nothingToDo = 'Si le parece bien, no tiene que hacer nada.'
const orNow = 'Si prefiere usar otra tarjeta, puede hacerlo ahora.'

/** For whom waiting is enough when Stripe has named a date. */
const orAnotherCard = (invoice: InvoiceInWords, what: Line): readonly Line[] =>
  invoice.nextAttempt
    ? [
        line`${what} El ${invoice.nextAttempt}, volveremos a intentar el cobro con ${yourCard(invoice)}. ${nothingToDo}`,
        line`${orNow}`,
      ]
    : [line`${what} Si prefiere usar otra tarjeta, es cosa de un minuto.`]

const tryAgainOr = (invoice: InvoiceInWords, otherwise: string) =>
  invoice.nextAttempt ? `Volveremos a intentarlo el ${invoice.nextAttempt}.` : otherwise

const payNow = (invoice: InvoiceInWords) =>
  invoice.nextAttempt
    ? `Volveremos a intentarlo el ${invoice.nextAttempt}. Si lo prefiere, puede pagar ahora: es cosa de un minuto.`
    : settling

const everyAnswer = (byAPerson: boolean) => `${byAPerson ? 'Leo' : 'Leemos'} todas las respuestas.`

const askFreely = (byAPerson: boolean) =>
  `Si tiene alguna duda, basta con responder a este correo. ${everyAnswer(byAPerson)}`

const crossed = '¿Ya está todo pagado? Entonces no tenga en cuenta este correo: se habrá cruzado con su pago.'

/** The same at every step. */
const previews: Record<keyof UnpaidWords['one'], OneInvoiceWords['preview']> = {
  card: (invoice) => `${sum(invoice)} ${changingCards}`,
  authentication: (invoice) => `${sum(invoice)} Su banco le pide que confirme el pago.`,
  funds: (invoice) => `${sum(invoice)} ${tryAgainOr(invoice, changingCards)}`,
  unknown: (invoice) => `${sum(invoice)} ${tryAgainOr(invoice, settling)}`,
}

const firstNotice: UnpaidWords = {
  one: {
    card: {
      subject: (workspace) => `Hace falta otra tarjeta para su renovación en ${workspace}`,
      preview: previews.card,
      opening: (invoice, workspace) => [
        line`${capital(yourCard(invoice))} ${cardTrouble(invoice)}, así que no se completó ${renewal(invoice, workspace)} por ${strong(invoice.amount)}. ${changingCards}`,
      ],
    },
    /** Sends nobody to a card form: the card is fine. */
    authentication: {
      subject: (workspace) => `Confirme su pago a ${workspace}, por favor`,
      preview: previews.authentication,
      opening: (invoice, workspace) => [
        line`Su banco le pide que confirme el pago de ${strong(invoice.amount)} por ${renewal(invoice, workspace)}. Su tarjeta está bien: algunos bancos hacen esta comprobación, y solo usted puede responder.`,
      ],
    },
    /** Leaves open why there was no money: a full account, a limit for the day, a holiday. */
    funds: {
      subject: (workspace) => `Su renovación en ${workspace} no se completó`,
      preview: previews.funds,
      opening: (invoice, workspace) =>
        orAnotherCard(invoice, line`${renewalOf(invoice, workspace)} no se completó esta vez.`),
    },
    unknown: {
      subject: (workspace) => `Su renovación en ${workspace} no se completó`,
      preview: previews.unknown,
      opening: (invoice, workspace) => [
        line`El pago de ${strong(invoice.amount)} por ${renewal(invoice, workspace)} no se completó. ${payNow(invoice)}`,
      ],
    },
  },
  several: {
    subject: (count, workspace, variant) => {
      if (variant === 'card') return `Hace falta otra tarjeta para ${count} renovaciones en ${workspace}`
      if (variant === 'authentication') return `Confirme ${count} pagos a ${workspace}, por favor`
      return `${count} renovaciones en ${workspace} no se completaron`
    },
    preview: (first, others) =>
      `${first.amount} por ${first.plan ?? 'una renovación'}, y ${others === 1 ? 'una renovación' : `${others} renovaciones`} más.`,
    opening: (count) => [line`Estas ${String(count)} renovaciones no se completaron. Cada una tiene su propio enlace.`],
  },
  closing: (byAPerson) => [askFreely(byAPerson)],
}

const reminder: UnpaidWords = {
  one: {
    card: {
      subject: (workspace) => `Aún hace falta otra tarjeta para su renovación en ${workspace}`,
      preview: previews.card,
      opening: (invoice, workspace) => [
        line`${isStillOpen(invoice, workspace)} porque ${yourCard(invoice)} ${cardTrouble(invoice)}. ${changingCards}`,
      ],
    },
    authentication: {
      subject: (workspace) => `Su pago a ${workspace} sigue sin confirmar`,
      preview: previews.authentication,
      opening: (invoice, workspace) => [
        line`${isStillOpen(invoice, workspace)}: su banco espera que usted confirme el pago. Su tarjeta está bien, y solo usted puede responder al banco.`,
      ],
    },
    funds: {
      subject: (workspace) => `Su renovación en ${workspace} sigue pendiente`,
      preview: previews.funds,
      opening: (invoice, workspace) => orAnotherCard(invoice, line`${isStillOpen(invoice, workspace)}.`),
    },
    unknown: {
      subject: (workspace) => `Su renovación en ${workspace} sigue pendiente`,
      preview: previews.unknown,
      opening: (invoice, workspace) => [line`${isStillOpen(invoice, workspace)}. ${payNow(invoice)}`],
    },
  },
  several: {
    subject: (count, workspace, variant) => {
      if (variant === 'card') return `Aún hace falta otra tarjeta para ${count} renovaciones en ${workspace}`
      if (variant === 'authentication') return `${count} pagos a ${workspace} siguen sin confirmar`
      return `${count} renovaciones en ${workspace} siguen pendientes`
    },
    preview: firstNotice.several.preview,
    opening: (count) => [line`Estas ${String(count)} renovaciones siguen pendientes. Cada una tiene su propio enlace.`],
  },
  closing: () => [crossed],
}

const lastAbout = (workspace: string) => `Último correo sobre su renovación en ${workspace}`

/** As kind as the first: says that the mails end, threatens nothing, names no date. */
const finalNotice: UnpaidWords = {
  one: {
    card: { ...reminder.one.card, subject: lastAbout },
    authentication: {
      ...reminder.one.authentication,
      subject: (workspace) => `Último correo sobre su pago a ${workspace}`,
    },
    funds: { ...reminder.one.funds, subject: lastAbout },
    unknown: { ...reminder.one.unknown, subject: lastAbout },
  },
  several: {
    ...reminder.several,
    subject: (count, workspace) => `Último correo sobre ${count} renovaciones en ${workspace}`,
  },
  closing: (byAPerson, count) => [
    `Este es el último correo que le enviamos sobre ${count === 1 ? 'esta renovación' : 'estas renovaciones'}. Si hay algún inconveniente, basta con responder. ${everyAnswer(byAPerson)}`,
    crossed,
  ],
}

const thankYou: Words['thankYou'] = {
  one: {
    subject: (workspace) => `Su renovación en ${workspace} ya está pagada`,
    preview: (invoice) => `${sum(invoice)} No tiene que hacer nada más.`,
    opening: (invoice, workspace) => [
      line`${renewalOf(invoice, workspace)} ya está pagada. No tiene que hacer nada más. Gracias.`,
    ],
  },
  several: {
    subject: (count, workspace) => `${count} renovaciones en ${workspace} ya están pagadas`,
    preview: firstNotice.several.preview,
    opening: (count) => [
      line`Estas ${String(count)} renovaciones ya están pagadas. No tiene que hacer nada más. Gracias.`,
    ],
  },
  closing: (byAPerson) => [askFreely(byAPerson)],
}

export const spanish: Words = {
  language: 'es',
  // In brackets: an adjective would have to agree with a name that has no gender and perhaps a plural.
  plan: (label, interval, count) => {
    if (count === 1) return `${label} (${ADJECTIVES[interval]})`
    if (interval === 'month' && count === 3) return `${label} (trimestral)`
    if (interval === 'month' && count === 6) return `${label} (semestral)`
    return `${label} (cada ${count} ${PLURALS[interval]})`
  },
  // Not "diario" (a newspaper), "semana" (fin de semana), "mes" (vino del mes), "años" (6 a 8 años).
  rhythm:
    /(?:mensu|semestr|trimestr|bimestr|quincen|seman|anu)al(?:es|mente)?|mensualidad|meses|(?:al|por|cada|1) ?(?:mes|año)|\/ ?(?:mes|año)|(?:por|cada) (?:día|semana)/,
  card: (brand, last4) => `tarjeta ${brand ? `${brand} ` : ''}terminada en ${last4}`,
  greeting: () => 'Hola:',
  signature: (senderName, workspace) => (senderName ? `${senderName}, de ${workspace}` : workspace),
  invoice: (number, date) => (number ? `Factura ${number}, del ${date}.` : `Factura del ${date}.`),
  hostedByStripe: (opener, workspace) => {
    const stripe = `Stripe, que procesa los pagos de ${workspace}.`
    switch (opener) {
      case 'button':
        return `El botón abre una página segura de ${stripe}`
      case 'link':
        return `El enlace abre una página segura de ${stripe}`
      case 'links':
        return `Las páginas de pago son seguras y pertenecen a ${stripe}`
      case 'button and links':
        return `El botón lleva a la primera renovación. Las páginas de pago son seguras y pertenecen a ${stripe}`
    }
  },
  stopReminders: 'No recibir más recordatorios de esta factura',
  beforeLink: (label) => `${label}:`,
  action: {
    card: 'Cambiar la tarjeta',
    authentication: 'Confirmar el pago',
    funds: 'Usar otra tarjeta',
    unknown: 'Completar el pago',
  },
  item: {
    title: (plan) => plan ?? 'Renovación',
    reason: {
      card: (invoice) => `${capital(yourCard(invoice))} ${cardTrouble(invoice)}.`,
      authentication: () => 'Su banco le pide que confirme el pago. Su tarjeta está bien.',
      funds: (invoice) =>
        invoice.nextAttempt ? `Volveremos a intentarlo el ${invoice.nextAttempt}. ${nothingToDo}` : orNow,
      unknown: (invoice) => tryAgainOr(invoice, settling),
    },
    lastMail: 'Es el último correo que le enviamos sobre esta renovación.',
  },
  unpaid: { first_notice: firstNotice, reminder, final_notice: finalNotice },
  thankYou,
}
