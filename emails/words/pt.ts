import { type Line, line, strong } from '../line.js'
import type { InvoiceInWords, OneInvoiceWords, UnpaidWords, Words } from './words.js'

/*
 * For Brazil and Portugal alike: third person without "você"; no gerund and no pronoun after or within the verb, which
 * each side places in its own way; no word that only one side uses ("registrado", "assinatura", "subscrição").
 * A name takes no article, as its gender is unknown; nor does a weekday ("para sábado", "para terça-feira").
 */

const ADJECTIVES = { day: 'a cada dia', week: 'semanal', month: 'mensal', year: 'anual' } as const
const PLURALS = { day: 'dias', week: 'semanas', month: 'meses', year: 'anos' } as const

/** Needs an article: "a" or "pela". */
const renewal = (invoice: InvoiceInWords, workspace: string) =>
  invoice.plan ? `renovação de ${invoice.plan}` : `sua renovação ${workspace}`

const sum = (invoice: InvoiceInWords) =>
  `${invoice.amount} pela ${invoice.plan ? `renovação de ${invoice.plan}` : 'sua renovação'}.`

const yourCard = (invoice: InvoiceInWords) => `seu ${invoice.card ?? 'cartão'}`

const cardTrouble = (invoice: InvoiceInWords) => (invoice.cardExpired ? 'expirou' : 'deixou de aceitar cobranças')

const renewalOf = (invoice: InvoiceInWords, workspace: string): Line =>
  line`A ${renewal(invoice, workspace)}, no valor de ${strong(invoice.amount)},`

const isStillOpen = (invoice: InvoiceInWords, workspace: string): Line =>
  line`${renewalOf(invoice, workspace)} continua em aberto`

const changingCards = 'A troca do cartão leva cerca de um minuto.'
const settling = 'Resolver agora leva cerca de um minuto.'
const nothingToDo = 'Se estiver tudo bem assim, não é preciso fazer nada.'
const orNow = 'Se preferir usar outro cartão, a troca pode ser feita agora.'

/** For whom waiting is enough when Stripe has named a date. */
const orAnotherCard = (invoice: InvoiceInWords, what: Line): readonly Line[] =>
  invoice.nextAttempt
    ? [
        line`${what} A próxima tentativa com o ${yourCard(invoice)} está marcada para ${invoice.nextAttempt}. ${nothingToDo}`,
        line`${orNow}`,
      ]
    : [line`${what} Se preferir usar outro cartão, a troca leva cerca de um minuto.`]

const tryAgainOr = (invoice: InvoiceInWords, otherwise: string) =>
  invoice.nextAttempt ? `A próxima tentativa está marcada para ${invoice.nextAttempt}.` : otherwise

const payNow = (invoice: InvoiceInWords) =>
  invoice.nextAttempt
    ? `A próxima tentativa está marcada para ${invoice.nextAttempt}. Se preferir, o pagamento pode ser feito agora: leva cerca de um minuto.`
    : settling

const everyAnswer = (byAPerson: boolean) => `${byAPerson ? 'Leio' : 'Lemos'} todas as respostas.`

const askFreely = (byAPerson: boolean) => `Em caso de dúvida, basta responder a este e-mail. ${everyAnswer(byAPerson)}`

const crossed = 'Já está tudo pago? Então basta ignorar este e-mail, que pode ter saído antes do pagamento.'

/** The same at every step. */
const previews: Record<keyof UnpaidWords['one'], OneInvoiceWords['preview']> = {
  card: (invoice) => `${sum(invoice)} ${changingCards}`,
  authentication: (invoice) => `${sum(invoice)} O seu banco pede a sua confirmação.`,
  funds: (invoice) => `${sum(invoice)} ${tryAgainOr(invoice, changingCards)}`,
  unknown: (invoice) => `${sum(invoice)} ${tryAgainOr(invoice, settling)}`,
}

const firstNotice: UnpaidWords = {
  one: {
    card: {
      subject: (workspace) => `É preciso outro cartão para a sua renovação ${workspace}`,
      preview: previews.card,
      opening: (invoice, workspace) => [
        line`O ${yourCard(invoice)} ${cardTrouble(invoice)} e, por isso, a ${renewal(invoice, workspace)}, no valor de ${strong(invoice.amount)}, não foi concluída. ${changingCards}`,
      ],
    },
    /** Sends nobody to a card form: the card is fine. */
    authentication: {
      subject: (workspace) => `Confirme o pagamento da sua renovação ${workspace}`,
      preview: previews.authentication,
      opening: (invoice, workspace) => [
        line`O seu banco pede a sua confirmação para o pagamento de ${strong(invoice.amount)} pela ${renewal(invoice, workspace)}. O cartão está em ordem: é uma verificação que alguns bancos fazem, e a resposta só pode ser sua.`,
      ],
    },
    /** Leaves open why there was no money: a full account, a limit for the day, a holiday. */
    funds: {
      subject: (workspace) => `A sua renovação ${workspace} não foi concluída`,
      preview: previews.funds,
      opening: (invoice, workspace) =>
        orAnotherCard(invoice, line`${renewalOf(invoice, workspace)} não foi concluída desta vez.`),
    },
    unknown: {
      subject: (workspace) => `A sua renovação ${workspace} não foi concluída`,
      preview: previews.unknown,
      opening: (invoice, workspace) => [
        line`O pagamento de ${strong(invoice.amount)} pela ${renewal(invoice, workspace)} não foi concluído. ${payNow(invoice)}`,
      ],
    },
  },
  several: {
    subject: (count, workspace, variant) => {
      if (variant === 'card') return `É preciso outro cartão para ${count} renovações ${workspace}`
      if (variant === 'authentication') return `Confirme o pagamento de ${count} renovações ${workspace}`
      return `${count} renovações ${workspace} não foram concluídas`
    },
    preview: (first, others) =>
      `${first.amount} por ${first.plan ?? 'uma renovação'}, e mais ${others === 1 ? 'uma renovação' : `${others} renovações`}.`,
    opening: (count) => [
      line`Estas ${String(count)} renovações não foram concluídas. Cada uma tem o seu próprio link.`,
    ],
  },
  closing: (byAPerson) => [askFreely(byAPerson)],
}

const reminder: UnpaidWords = {
  one: {
    card: {
      subject: (workspace) => `Ainda é preciso outro cartão para a sua renovação ${workspace}`,
      preview: previews.card,
      opening: (invoice, workspace) => [
        line`${isStillOpen(invoice, workspace)}, porque o ${yourCard(invoice)} ${cardTrouble(invoice)}. ${changingCards}`,
      ],
    },
    authentication: {
      subject: (workspace) => `Falta confirmar o pagamento da sua renovação ${workspace}`,
      preview: previews.authentication,
      opening: (invoice, workspace) => [
        line`${isStillOpen(invoice, workspace)}: o seu banco aguarda a sua confirmação. O cartão está em ordem, e a resposta ao banco só pode ser sua.`,
      ],
    },
    funds: {
      subject: (workspace) => `A sua renovação ${workspace} continua em aberto`,
      preview: previews.funds,
      opening: (invoice, workspace) => orAnotherCard(invoice, line`${isStillOpen(invoice, workspace)}.`),
    },
    unknown: {
      subject: (workspace) => `A sua renovação ${workspace} continua em aberto`,
      preview: previews.unknown,
      opening: (invoice, workspace) => [line`${isStillOpen(invoice, workspace)}. ${payNow(invoice)}`],
    },
  },
  several: {
    subject: (count, workspace, variant) => {
      if (variant === 'card') return `Ainda é preciso outro cartão para ${count} renovações ${workspace}`
      if (variant === 'authentication') return `Falta confirmar o pagamento de ${count} renovações ${workspace}`
      return `${count} renovações ${workspace} continuam em aberto`
    },
    preview: firstNotice.several.preview,
    opening: (count) => [line`Estas ${String(count)} renovações continuam em aberto. Cada uma tem o seu próprio link.`],
  },
  closing: () => [crossed],
}

const lastAbout = (workspace: string) => `Último e-mail sobre a sua renovação ${workspace}`

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
    subject: (count, workspace) => `Último e-mail sobre ${count} renovações ${workspace}`,
  },
  closing: (byAPerson, count) => [
    `Este é o último e-mail que enviamos sobre ${count === 1 ? 'esta renovação' : 'estas renovações'}. Se houver alguma dificuldade, basta responder. ${everyAnswer(byAPerson)}`,
    crossed,
  ],
}

const thankYou: Words['thankYou'] = {
  one: {
    subject: (workspace) => `A sua renovação ${workspace} já está paga`,
    preview: (invoice) => `${sum(invoice)} Não é preciso fazer mais nada.`,
    opening: (invoice, workspace) => [
      line`${renewalOf(invoice, workspace)} já está paga. Não é preciso fazer mais nada. Agradecemos a confiança.`,
    ],
  },
  several: {
    subject: (count, workspace) => `${count} renovações ${workspace} já estão pagas`,
    preview: firstNotice.several.preview,
    opening: (count) => [
      line`Estas ${String(count)} renovações já estão pagas. Não é preciso fazer mais nada. Agradecemos a confiança.`,
    ],
  },
  closing: (byAPerson) => [askFreely(byAPerson)],
}

export const portuguese: Words = {
  language: 'pt',
  // In brackets: an adjective would have to agree with a name that has no gender and perhaps a plural.
  plan: (label, interval, count) => {
    if (count === 1) return `${label} (${ADJECTIVES[interval]})`
    if (interval === 'month' && count === 3) return `${label} (trimestral)`
    if (interval === 'month' && count === 6) return `${label} (semestral)`
    return `${label} (a cada ${count} ${PLURALS[interval]})`
  },
  // Not "diário" (a newspaper), "semana" (fim de semana), "mês" (livro do mês), "ano" (6.º ano), "anos" (6 a 8 anos).
  rhythm:
    /mens(?:al|ais|almente|alidade)|(?:semestr|trimestr|bimestr|quinzen|seman|anu)(?:al|ais|almente)|anuidade|meses|(?:ao|por|cada|1) (?:mês|ano)|\/ ?(?:mês|ano)|(?:por|cada) (?:dia|semana)/,
  card: (brand, last4) => `cartão ${brand ? `${brand} ` : ''}terminado em ${last4}`,
  greeting: () => 'Olá,',
  signature: (senderName, workspace) => (senderName ? `${senderName}, ${workspace}` : workspace),
  invoice: (number, date) => (number ? `Fatura ${number}, de ${date}.` : `Fatura de ${date}.`),
  hostedByStripe: (opener, workspace) => {
    const stripe = `Stripe, que processa os pagamentos de ${workspace}.`
    switch (opener) {
      case 'button':
        return `O botão abre uma página segura da ${stripe}`
      case 'link':
        return `O link abre uma página segura da ${stripe}`
      case 'links':
        return `As páginas de pagamento são seguras e pertencem à ${stripe}`
      case 'button and links':
        return `O botão leva à primeira renovação. As páginas de pagamento são seguras e pertencem à ${stripe}`
    }
  },
  stopReminders: 'Não receber mais lembretes desta fatura',
  beforeLink: (label) => `${label}:`,
  action: {
    card: 'Trocar de cartão',
    authentication: 'Confirmar o pagamento',
    funds: 'Usar outro cartão',
    unknown: 'Concluir o pagamento',
  },
  item: {
    title: (plan) => plan ?? 'Renovação',
    reason: {
      card: (invoice) => `O ${yourCard(invoice)} ${cardTrouble(invoice)}.`,
      authentication: () => 'O seu banco pede a sua confirmação. O cartão está em ordem.',
      funds: (invoice) =>
        invoice.nextAttempt ? `A próxima tentativa está marcada para ${invoice.nextAttempt}. ${nothingToDo}` : orNow,
      unknown: (invoice) => tryAgainOr(invoice, settling),
    },
    lastMail: 'É o último e-mail que enviamos sobre esta renovação.',
  },
  unpaid: { first_notice: firstNotice, reminder, final_notice: finalNotice },
  thankYou,
}
