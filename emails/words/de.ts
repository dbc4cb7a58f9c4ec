import { type Line, line, strong } from '../line.js'
import type { InvoiceInWords, OneInvoiceWords, UnpaidWords, Words } from './words.js'

/*
 * Sie throughout. A plan stands in quotation marks and a workspace behind "bei" or "an": no compound is made of a name,
 * and no article is guessed for one. After "Guten Tag," an opening goes on in lower case.
 */

const ADVERBS = { day: 'täglich', week: 'wöchentlich', month: 'monatlich', year: 'jährlich' } as const
const PLURALS = { day: 'Tage', week: 'Wochen', month: 'Monate', year: 'Jahre' } as const

/** "Ihr Abo „Jahresabo“" would say it twice. */
const SAYS_ABO = /abo(?!\p{L})|abonnement/iu

const subscription = ({ plan }: InvoiceInWords) => {
  if (!plan) return 'Ihr Abo'
  return SAYS_ABO.test(plan) ? `„${plan}“` : `Ihr Abo „${plan}“`
}

const subscriptionAt = (invoice: InvoiceInWords, workspace: string) =>
  invoice.plan ? subscription(invoice) : `Ihr Abo bei ${workspace}`

const sum = (invoice: InvoiceInWords) => `${invoice.amount} für ${subscription(invoice)}.`

const yourCard = (invoice: InvoiceInWords) => `Ihre ${invoice.card ?? 'Karte'}`

const cardTrouble = (invoice: InvoiceInWords) =>
  `${yourCard(invoice)} ${invoice.cardExpired ? 'ist abgelaufen' : 'lässt sich nicht mehr belasten'}.`

const paymentOf = (invoice: InvoiceInWords, workspace: string): Line =>
  line`die Zahlung über ${strong(invoice.amount)} für ${subscriptionAt(invoice, workspace)}`

const isStillOpen = (invoice: InvoiceInWords, workspace: string): Line =>
  line`${paymentOf(invoice, workspace)} ist noch offen`

const withANewCard = 'Mit einer neuen Karte ist das in etwa einer Minute erledigt.'
const madeUpFor = 'Das lässt sich in etwa einer Minute nachholen.'
const doneInAMinute = 'Das ist in etwa einer Minute erledigt.'
const nothingToDo = 'Wenn Ihnen das recht ist, brauchen Sie nichts zu tun.'
const anotherCard = 'Wenn Sie lieber mit einer anderen Karte zahlen möchten, dauert das etwa eine Minute.'
const orNow = 'Wenn Sie lieber mit einer anderen Karte zahlen möchten, können Sie das auch gleich tun.'
const cardIsFine = 'Mit Ihrer Karte ist alles in Ordnung'

const tryAgain = (date: string) => `Am ${date}, versuchen wir es noch einmal.`

const tryAgainOr = ({ nextAttempt }: InvoiceInWords, otherwise: string) =>
  nextAttempt ? tryAgain(nextAttempt) : otherwise

const payNow = ({ nextAttempt }: InvoiceInWords, otherwise: string) =>
  nextAttempt
    ? `${tryAgain(nextAttempt)} Sie können auch gleich selbst zahlen, das dauert etwa eine Minute.`
    : otherwise

/** For whom waiting is enough when Stripe has named a date. */
const orAnotherCard = (invoice: InvoiceInWords, what: Line): readonly Line[] =>
  invoice.nextAttempt
    ? [
        line`${what} Am ${invoice.nextAttempt}, versuchen wir noch einmal, ${yourCard(invoice)} zu belasten. ${nothingToDo}`,
        line`${orNow}`,
      ]
    : [line`${what} ${anotherCard}`]

const everyAnswer = (byAPerson: boolean) => (byAPerson ? 'Ich lese jede Antwort.' : 'Wir lesen jede Antwort.')

const askFreely = (byAPerson: boolean) =>
  `Falls etwas unklar ist, antworten Sie einfach auf diese E-Mail. ${everyAnswer(byAPerson)}`

const crossed = 'Schon erledigt? Dann haben sich Zahlung und E-Mail überschnitten, und Sie brauchen nichts mehr zu tun.'

const regards = 'Viele Grüße'

const these = (count: number) => (count === 2 ? 'diese beiden Zahlungen' : `diese ${count} Zahlungen`)

/** The same at every step. */
const previews: Record<keyof UnpaidWords['one'], OneInvoiceWords['preview']> = {
  card: (invoice) => `${sum(invoice)} ${withANewCard}`,
  authentication: (invoice) => `${sum(invoice)} Ihre Bank bittet um Ihre Bestätigung.`,
  funds: (invoice) =>
    `${sum(invoice)} ${tryAgainOr(invoice, 'Der Wechsel zu einer anderen Karte dauert etwa eine Minute.')}`,
  unknown: (invoice) => `${sum(invoice)} ${tryAgainOr(invoice, madeUpFor)}`,
}

const firstNotice: UnpaidWords = {
  one: {
    card: {
      subject: (workspace) => `Ihr Abo bei ${workspace} braucht eine neue Karte`,
      preview: previews.card,
      opening: (invoice, workspace) => [
        line`${paymentOf(invoice, workspace)} hat nicht geklappt: ${cardTrouble(invoice)} ${withANewCard}`,
      ],
    },
    /** Sends nobody to a card form: the card is fine. */
    authentication: {
      subject: (workspace) => `Bitte bestätigen Sie Ihre Zahlung an ${workspace}`,
      preview: previews.authentication,
      opening: (invoice, workspace) => [
        line`Ihre Bank bittet Sie, ${paymentOf(invoice, workspace)} zu bestätigen. ${cardIsFine}: Manche Banken fragen auf diese Weise nach, und antworten können nur Sie.`,
      ],
    },
    /** Leaves open why there was no money: a full account, a limit for the day, a holiday. */
    funds: {
      subject: (workspace) => `Ihre Zahlung an ${workspace} hat nicht geklappt`,
      preview: previews.funds,
      opening: (invoice, workspace) =>
        orAnotherCard(invoice, line`${paymentOf(invoice, workspace)} hat diesmal nicht geklappt.`),
    },
    unknown: {
      subject: (workspace) => `Ihre Zahlung an ${workspace} hat nicht geklappt`,
      preview: previews.unknown,
      opening: (invoice, workspace) => [
        line`${paymentOf(invoice, workspace)} hat nicht geklappt. ${payNow(invoice, madeUpFor)}`,
      ],
    },
  },
  several: {
    subject: (count, workspace, variant) => {
      if (variant === 'card') return `${count} Zahlungen an ${workspace} brauchen eine neue Karte`
      if (variant === 'authentication') return `Bitte bestätigen Sie ${count} Zahlungen an ${workspace}`
      return `${count} Zahlungen an ${workspace} haben nicht geklappt`
    },
    preview: (first, others) =>
      `${first.amount} für ${subscription(first)}, dazu ${others === 1 ? 'eine weitere Zahlung' : `${others} weitere Zahlungen`}.`,
    opening: (count) => [line`${these(count)} haben nicht geklappt. Jede hat ihren eigenen Link.`],
  },
  closing: (byAPerson) => [askFreely(byAPerson), regards],
}

const reminder: UnpaidWords = {
  one: {
    card: {
      subject: (workspace) => `Ihr Abo bei ${workspace} wartet noch auf eine neue Karte`,
      preview: previews.card,
      opening: (invoice, workspace) => [
        line`${isStillOpen(invoice, workspace)}: ${cardTrouble(invoice)} ${withANewCard}`,
      ],
    },
    authentication: {
      subject: (workspace) => `Ihre Zahlung an ${workspace} ist noch nicht bestätigt`,
      preview: previews.authentication,
      opening: (invoice, workspace) => [
        line`${isStillOpen(invoice, workspace)}: Ihre Bank wartet auf Ihre Bestätigung. ${cardIsFine}, und der Bank antworten können nur Sie.`,
      ],
    },
    funds: {
      subject: (workspace) => `Ihre Zahlung an ${workspace} ist noch offen`,
      preview: previews.funds,
      opening: (invoice, workspace) => orAnotherCard(invoice, line`${isStillOpen(invoice, workspace)}.`),
    },
    unknown: {
      subject: (workspace) => `Ihre Zahlung an ${workspace} ist noch offen`,
      preview: previews.unknown,
      opening: (invoice, workspace) => [line`${isStillOpen(invoice, workspace)}. ${payNow(invoice, doneInAMinute)}`],
    },
  },
  several: {
    subject: (count, workspace, variant) => {
      if (variant === 'card') return `${count} Zahlungen an ${workspace} warten noch auf eine neue Karte`
      if (variant === 'authentication') return `${count} Zahlungen an ${workspace} sind noch nicht bestätigt`
      return `${count} Zahlungen an ${workspace} sind noch offen`
    },
    preview: firstNotice.several.preview,
    opening: (count) => [line`${these(count)} sind noch offen. Jede hat ihren eigenen Link.`],
  },
  closing: () => [crossed, regards],
}

const lastAbout = (workspace: string) => `Unsere letzte E-Mail zu Ihrer Zahlung an ${workspace}`

/** As kind as the first: says that the mails end, threatens nothing, names no date. */
const finalNotice: UnpaidWords = {
  one: {
    card: { ...reminder.one.card, subject: lastAbout },
    authentication: { ...reminder.one.authentication, subject: lastAbout },
    funds: { ...reminder.one.funds, subject: lastAbout },
    unknown: { ...reminder.one.unknown, subject: lastAbout },
  },
  several: {
    ...reminder.several,
    subject: (count, workspace) => `Unsere letzte E-Mail zu ${count} Zahlungen an ${workspace}`,
  },
  closing: (byAPerson, count) => [
    `Dies ist unsere letzte E-Mail zu ${count === 1 ? 'dieser Zahlung' : 'diesen Zahlungen'}. Falls etwas dazwischengekommen ist, antworten Sie einfach. ${everyAnswer(byAPerson)}`,
    crossed,
    regards,
  ],
}

const thankYou: Words['thankYou'] = {
  one: {
    subject: (workspace) => `Ihre Zahlung an ${workspace} ist angekommen`,
    preview: (invoice) => `${sum(invoice)} Sie brauchen nichts weiter zu tun.`,
    opening: (invoice, workspace) => [
      line`${paymentOf(invoice, workspace)} ist angekommen. Sie brauchen nichts weiter zu tun. Vielen Dank.`,
    ],
  },
  several: {
    subject: (count, workspace) => `${count} Zahlungen an ${workspace} sind angekommen`,
    preview: firstNotice.several.preview,
    opening: (count) => [line`${these(count)} sind angekommen. Sie brauchen nichts weiter zu tun. Vielen Dank.`],
  },
  closing: (byAPerson) => [askFreely(byAPerson), regards],
}

export const german: Words = {
  language: 'de',
  plan: (label, interval, count) => {
    if (count === 1) return `${label} (${ADVERBS[interval]})`
    if (interval === 'month' && count === 3) return `${label} (vierteljährlich)`
    if (interval === 'month' && count === 6) return `${label} (halbjährlich)`
    return `${label} (alle ${count} ${PLURALS[interval]})`
  },
  // Not every word with Jahr, Monat, Woche or Tag in it: "Wein des Jahres", "Wochenende", "Tageszeitung", "8 Jahre".
  rhythm:
    /(?:(?:halb|viertel|zwei)?jähr|(?:zwei|halb)?monat|(?:zwei)?wöchent|täg)lich(?:e[rsnm]?)?|quartalsweise|(?:(?:halb|viertel)?jahres|monats|quartals|wochen|tages)(?:abo|abonnement|beitrag|karte|lizenz|mitgliedschaft|paket|pass|plan|tarif|ticket|zahlung)s?|(?:pro|je|1|ein) (?:jahr|halbjahr|quartal|monat)|(?:pro|je) (?:woche|tag)|(?<=\/ ?)(?:jahr|quartal|monat|woche|tag)|monate/,
  // "American-Express-Karte": Karte is a she, whatever the brand is.
  card: (brand, last4) => `${brand ? `${brand.replaceAll(' ', '-')}-Karte` : 'Karte'} mit den Endziffern ${last4}`,
  // Without the name: "Guten Tag Muster GmbH" or "ERIKA MUSTER" reads like a form.
  greeting: () => 'Guten Tag,',
  signature: (senderName, workspace) => (senderName ? `${senderName}, ${workspace}` : workspace),
  invoice: (number, date) => (number ? `Rechnung ${number} vom ${date}.` : `Rechnung vom ${date}.`),
  hostedByStripe: (opener, workspace) => {
    const stripe = `Stripe, dem Zahlungsdienstleister von ${workspace}.`
    switch (opener) {
      case 'button':
        return `Der Button öffnet eine sichere Seite von ${stripe}`
      case 'link':
        return `Der Link öffnet eine sichere Seite von ${stripe}`
      case 'links':
        return `Die Zahlungsseiten sind sicher und gehören zu ${stripe}`
      case 'button and links':
        return `Der Button führt zur ersten Zahlung. Die Zahlungsseiten sind sicher und gehören zu ${stripe}`
    }
  },
  stopReminders: 'Nicht mehr an diese Rechnung erinnern',
  beforeLink: (label) => `${label}:`,
  action: {
    card: 'Neue Karte angeben',
    authentication: 'Zahlung bestätigen',
    funds: 'Andere Karte nutzen',
    unknown: 'Zahlung nachholen',
  },
  item: {
    title: (plan) => plan ?? 'Abo',
    reason: {
      card: cardTrouble,
      authentication: () => `Ihre Bank bittet um Ihre Bestätigung. ${cardIsFine}.`,
      funds: ({ nextAttempt }) => (nextAttempt ? `${tryAgain(nextAttempt)} ${nothingToDo}` : anotherCard),
      unknown: (invoice) => tryAgainOr(invoice, madeUpFor),
    },
    lastMail: 'Dies ist unsere letzte E-Mail zu dieser Zahlung.',
  },
  unpaid: { first_notice: firstNotice, reminder, final_notice: finalNotice },
  thankYou,
}
