import { type Line, line, strong } from '../line.js'
import type { InvoiceInWords, OneInvoiceWords, UnpaidWords, Words } from './words.js'

/*
 * Vous throughout, and "message": France says e-mail, Quebec courriel. No name stands behind "de" or "à", where it would
 * be elided or contracted (d’Atelier, au Panier), and nothing agrees with one, as its gender is unknown.
 *
 * Spaces that do not break: narrow (U+202F) before a question mark, full (U+00A0) before a colon and within « ».
 */

const EVERY = { day: 'à la journée', week: 'à la semaine', month: 'au mois', year: 'à l’année' } as const
const PLURALS = {
  day: 'tous les # jours',
  week: 'toutes les # semaines',
  month: 'tous les # mois',
  year: 'tous les # ans',
} as const

/** "votre abonnement « Abonnement Pro »" would say it twice. */
const SAYS_ABONNEMENT = /abonnement/i

const subscription = ({ plan }: InvoiceInWords) => {
  if (!plan) return 'votre abonnement'
  const quoted = `«\u00a0${plan}\u00a0»`
  return SAYS_ABONNEMENT.test(plan) ? quoted : `votre abonnement ${quoted}`
}

const sum = (invoice: InvoiceInWords) => `${invoice.amount} pour ${subscription(invoice)}.`

const yourCard = (invoice: InvoiceInWords) => `votre ${invoice.card ?? 'carte'}`

const cardTrouble = (invoice: InvoiceInWords) =>
  `${yourCard(invoice)} ${invoice.cardExpired ? 'a expiré' : 'ne peut plus être débitée'}.`

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Needs an article. */
const paymentOf = (invoice: InvoiceInWords, workspace: string): Line =>
  line`paiement de ${strong(invoice.amount)} pour ${invoice.plan ? subscription(invoice) : `votre abonnement ${workspace}`}`

const isStillOpen = (invoice: InvoiceInWords, workspace: string): Line =>
  line`Le ${paymentOf(invoice, workspace)} est toujours en attente`

const withAnotherCard = 'Changer de carte prend environ une minute.'
const aMinute = 'Cela se règle en une minute environ.'
const nothingToDo = 'Si cela vous convient, vous n’avez rien à faire.'
const anotherCard = 'Si vous préférez utiliser une autre carte, cela prend environ une minute.'
const orNow = 'Si vous préférez utiliser une autre carte, vous pouvez le faire dès maintenant.'
const cardIsFine = 'Votre carte n’est pas en cause'

/** `Intl` says "1 décembre", people say "1er décembre". */
const day = (date: string) => date.replace(/(?<!\d)1(?= \p{L})/u, '1er')

const tryAgain = (date: string) => `Nous réessaierons le ${day(date)}.`

const tryAgainOr = ({ nextAttempt }: InvoiceInWords, otherwise: string) =>
  nextAttempt ? tryAgain(nextAttempt) : otherwise

const payNow = ({ nextAttempt }: InvoiceInWords) =>
  nextAttempt
    ? `${tryAgain(nextAttempt)} Vous pouvez aussi payer dès maintenant\u00a0: cela prend environ une minute.`
    : aMinute

/** For whom waiting is enough when Stripe has named a date. */
const orAnotherCard = (invoice: InvoiceInWords, what: Line): readonly Line[] =>
  invoice.nextAttempt
    ? [
        line`${what} Nous réessaierons le ${day(invoice.nextAttempt)} avec ${yourCard(invoice)}. ${nothingToDo}`,
        line`${orNow}`,
      ]
    : [line`${what} ${anotherCard}`]

const everyAnswer = (byAPerson: boolean) => `${byAPerson ? 'je lis' : 'nous lisons'} toutes les réponses.`

const askFreely = (byAPerson: boolean) =>
  `Une question\u202f? Répondez simplement à ce message\u00a0: ${everyAnswer(byAPerson)}`

const crossed = 'Déjà réglé\u202f? Ne tenez pas compte de ce message\u00a0: il aura croisé votre paiement.'

const regards = 'Cordialement,'

/** The same at every step. */
const previews: Record<keyof UnpaidWords['one'], OneInvoiceWords['preview']> = {
  card: (invoice) => `${sum(invoice)} ${withAnotherCard}`,
  authentication: (invoice) => `${sum(invoice)} Votre banque vous demande de le confirmer.`,
  funds: (invoice) => `${sum(invoice)} ${tryAgainOr(invoice, withAnotherCard)}`,
  unknown: (invoice) => `${sum(invoice)} ${tryAgainOr(invoice, aMinute)}`,
}

const firstNotice: UnpaidWords = {
  one: {
    card: {
      subject: (workspace) => `Carte à remplacer pour votre abonnement ${workspace}`,
      preview: previews.card,
      opening: (invoice, workspace) => [
        line`Le ${paymentOf(invoice, workspace)} n’a pas abouti\u00a0: ${cardTrouble(invoice)} ${withAnotherCard}`,
      ],
    },
    /** Sends nobody to a card form: the card is fine. */
    authentication: {
      subject: (workspace) => `Merci de confirmer votre paiement ${workspace}`,
      preview: previews.authentication,
      opening: (invoice, workspace) => [
        line`Votre banque vous demande de confirmer le ${paymentOf(invoice, workspace)}. ${cardIsFine}\u00a0: certaines banques font cette vérification, et la réponse ne peut venir que de vous.`,
      ],
    },
    /** Leaves open why there was no money: a full account, a limit for the day, a holiday. */
    funds: {
      subject: (workspace) => `Votre paiement ${workspace} n’a pas abouti`,
      preview: previews.funds,
      opening: (invoice, workspace) =>
        orAnotherCard(invoice, line`Le ${paymentOf(invoice, workspace)} n’a pas abouti cette fois-ci.`),
    },
    unknown: {
      subject: (workspace) => `Votre paiement ${workspace} n’a pas abouti`,
      preview: previews.unknown,
      opening: (invoice, workspace) => [line`Le ${paymentOf(invoice, workspace)} n’a pas abouti. ${payNow(invoice)}`],
    },
  },
  several: {
    subject: (count, workspace, variant) => {
      if (variant === 'card') return `Carte à remplacer pour ${count} paiements ${workspace}`
      if (variant === 'authentication') return `Merci de confirmer ${count} paiements ${workspace}`
      return `${count} paiements ${workspace} n’ont pas abouti`
    },
    preview: (first, others) =>
      `${first.amount} pour ${subscription(first)}, plus ${others === 1 ? 'un autre paiement' : `${others} autres paiements`}.`,
    opening: (count) => [line`Ces ${String(count)} paiements n’ont pas abouti. Chacun a son propre lien.`],
  },
  closing: (byAPerson) => [askFreely(byAPerson), regards],
}

const reminder: UnpaidWords = {
  one: {
    card: {
      subject: (workspace) => `Rappel\u00a0: carte à remplacer pour votre abonnement ${workspace}`,
      preview: previews.card,
      opening: (invoice, workspace) => [
        line`${isStillOpen(invoice, workspace)}\u00a0: ${cardTrouble(invoice)} ${withAnotherCard}`,
      ],
    },
    authentication: {
      subject: (workspace) => `Votre paiement ${workspace} attend votre confirmation`,
      preview: previews.authentication,
      opening: (invoice, workspace) => [
        line`Votre banque attend toujours que vous confirmiez le ${paymentOf(invoice, workspace)}. ${cardIsFine}, et la réponse ne peut venir que de vous.`,
      ],
    },
    funds: {
      subject: (workspace) => `Votre paiement ${workspace} est toujours en attente`,
      preview: previews.funds,
      opening: (invoice, workspace) => orAnotherCard(invoice, line`${isStillOpen(invoice, workspace)}.`),
    },
    unknown: {
      subject: (workspace) => `Votre paiement ${workspace} est toujours en attente`,
      preview: previews.unknown,
      opening: (invoice, workspace) => [line`${isStillOpen(invoice, workspace)}. ${payNow(invoice)}`],
    },
  },
  several: {
    subject: (count, workspace, variant) => {
      if (variant === 'card') return `Rappel\u00a0: carte à remplacer pour ${count} paiements ${workspace}`
      if (variant === 'authentication') return `${count} paiements ${workspace} attendent votre confirmation`
      return `${count} paiements ${workspace} sont toujours en attente`
    },
    preview: firstNotice.several.preview,
    opening: (count) => [line`Ces ${String(count)} paiements sont toujours en attente. Chacun a son propre lien.`],
  },
  closing: () => [crossed, regards],
}

const lastAbout = (workspace: string) => `Dernier message au sujet de votre paiement ${workspace}`

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
    subject: (count, workspace) => `Dernier message au sujet de ${count} paiements ${workspace}`,
  },
  closing: (byAPerson, count) => [
    `C’est notre dernier message au sujet de ${count === 1 ? 'ce paiement' : 'ces paiements'}. En cas de difficulté, il suffit de ${byAPerson ? 'me' : 'nous'} répondre\u00a0: ${everyAnswer(byAPerson)}`,
    crossed,
    regards,
  ],
}

const thankYou: Words['thankYou'] = {
  one: {
    subject: (workspace) => `Votre paiement ${workspace} a bien été reçu`,
    preview: (invoice) => `${sum(invoice)} Vous n’avez plus rien à faire.`,
    opening: (invoice, workspace) => [
      line`Nous avons bien reçu le ${paymentOf(invoice, workspace)}. Vous n’avez plus rien à faire. Merci.`,
    ],
  },
  several: {
    subject: (count, workspace) => `${count} paiements ${workspace} ont bien été reçus`,
    preview: firstNotice.several.preview,
    opening: (count) => [
      line`Nous avons bien reçu ces ${String(count)} paiements. Vous n’avez plus rien à faire. Merci.`,
    ],
  },
  closing: (byAPerson) => [askFreely(byAPerson), regards],
}

export const french: Words = {
  language: 'fr',
  // Not "(mensuel)": it would have to agree with the name, "Pro" or "Formule Pro".
  plan: (label, interval, count) =>
    `${label} (${count === 1 ? EVERY[interval] : PLURALS[interval].replace('#', String(count))})`,
  // Not "quotidien" (a newspaper), "an" or "mois" alone ("vin du mois", "bébé 6 mois"), "année" ("fin d’année").
  rhythm:
    /(?:(?:bi|tri|se)mestriel|(?:bi)?mensuel|annuel)(?:le)?s?|(?:mensuelle|annuelle|trimestrielle)ment|hebdomadaires?|mensualité|au (?:mois|trimestre)|à l[’']année|à la (?:semaine|journée)|(?:par|chaque) (?:jour|semaine|mois|trimestre|semestre|an|année)|(?:tous|toutes) les (?:\d+ )?(?:jours|semaines|mois|ans)|(?<=\/ ?)mois|(?<=\/)an|(?:12|24) mois|1 an/,
  card: (brand, last4) => `carte ${brand ? `${brand} ` : ''}se terminant par ${last4}`,
  // Without the name: "Bonjour ERIKA MARTIN" or a company’s name reads like a form.
  greeting: () => 'Bonjour,',
  signature: (senderName, workspace) => (senderName ? `${senderName}, ${workspace}` : workspace),
  invoice: (number, date) => `Facture ${number ? `${number} ` : ''}du ${day(date)}.`,
  hostedByStripe: (opener, workspace) => {
    const stripe = `Stripe, qui traite les paiements pour ${workspace}.`
    switch (opener) {
      case 'button':
        return `Le bouton ouvre une page sécurisée de ${stripe}`
      case 'link':
        return `Le lien ouvre une page sécurisée de ${stripe}`
      case 'links':
        return `Les pages de paiement sont sécurisées et hébergées par ${stripe}`
      case 'button and links':
        return `Le bouton mène au premier paiement. Les pages de paiement sont sécurisées et hébergées par ${stripe}`
    }
  },
  stopReminders: 'Arrêter les rappels pour cette facture',
  beforeLink: (label) => `${label}\u00a0:`,
  action: {
    card: 'Changer de carte',
    authentication: 'Confirmer le paiement',
    funds: 'Changer de carte',
    unknown: 'Finaliser le paiement',
  },
  item: {
    title: (plan) => plan ?? 'Abonnement',
    reason: {
      card: (invoice) => capital(cardTrouble(invoice)),
      authentication: () => `Votre banque vous demande de confirmer ce paiement. ${cardIsFine}.`,
      funds: ({ nextAttempt }) => (nextAttempt ? `${tryAgain(nextAttempt)} ${nothingToDo}` : anotherCard),
      unknown: (invoice) => tryAgainOr(invoice, aMinute),
    },
    lastMail: 'C’est notre dernier message au sujet de ce paiement.',
  },
  unpaid: { first_notice: firstNotice, reminder, final_notice: finalNotice },
  thankYou,
}
