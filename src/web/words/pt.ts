import type { PageWords } from './page-words.js'

/*
 * For Brazil and Portugal alike, as the mails: third person without "você", no word that only one side uses ("salvo",
 * "guardado", "aceito", "aceite", "assinatura"), and no "obrigado", which would have a gender.
 */

export const portuguese: PageWords = {
  language: 'pt',
  closed: {
    recovered: { title: 'Já está tudo pago', what: 'Não é preciso fazer mais nada. Agradecemos a confiança.' },
    forgiven: {
      title: 'Não há nada a pagar',
      what: 'O pagamento desta fatura deixou de ser necessário. Não é preciso fazer mais nada.',
    },
    lost: {
      title: 'Este link deixou de estar ativo',
      what: 'O pagamento por aqui deixou de ser possível. Em caso de dúvida, basta responder ao nosso e-mail.',
    },
    dismissed: {
      title: 'Este link deixou de ser necessário',
      what: 'Não é preciso fazer nada. Em caso de dúvida, basta responder ao nosso e-mail.',
    },
  },
  unreachable: {
    title: 'A página de pagamento não está disponível neste momento',
    what: 'Nada foi cobrado e nada mudou. Por favor, abra o link outra vez daqui a um minuto.',
    stillNotThere: 'Continua indisponível?',
    writeTo: (address) => `Escreva para ${address}`,
  },
  busy: {
    title: 'Este link foi aberto vezes demais',
    what: 'Fica em pausa por um minuto. Nada foi cobrado e nada mudou: depois disso, por favor, abra o link outra vez.',
  },
  unknown: {
    title: 'Este link não funciona',
    what: 'Pode ter chegado incompleto. Por favor, abra o link outra vez a partir do nosso e-mail, ou responda a esse e-mail.',
  },
  done: {
    paid: {
      title: 'O pagamento foi concluído',
      what: 'Agradecemos a confiança. Não é preciso fazer mais nada, e esta página pode ser fechada.',
    },
    saved: {
      title: 'O seu cartão foi adicionado',
      what: 'Agradecemos a confiança. Nós cuidamos do pagamento: não é preciso fazer mais nada, e esta página pode ser fechada.',
    },
    declined: {
      title: 'Este cartão não funcionou',
      what: 'O cartão foi adicionado, mas o banco não autorizou o pagamento. Nada foi cobrado.',
      again: 'Usar outro cartão',
    },
    unseen: {
      title: 'Agradecemos a atenção',
      what: 'Se um cartão foi adicionado, nós cuidamos do pagamento, e não é preciso fazer mais nada.',
      otherwise: 'Se nenhum cartão foi adicionado, nada mudou.',
      again: 'Voltar à página do cartão',
    },
  },
  stop: {
    ask: {
      one: {
        title: 'Não receber mais lembretes desta fatura?',
        what: 'Deixaremos de enviar e-mails sobre esta fatura. A fatura e o seu plano ficam como estão.',
      },
      all: {
        title: 'Não receber mais lembretes das suas faturas em aberto?',
        what: 'Deixaremos de enviar e-mails sobre as suas faturas em aberto. As faturas e os seus planos ficam como estão.',
      },
    },
    button: 'Não receber mais lembretes',
    stopped: {
      one: {
        title: 'Não haverá mais lembretes',
        what: 'Não enviaremos mais e-mails sobre esta fatura. A fatura e o seu plano ficam como estão.',
      },
      all: {
        title: 'Não haverá mais lembretes',
        what: 'Não enviaremos mais e-mails sobre as suas faturas em aberto. As faturas e os seus planos ficam como estão.',
      },
    },
  },
}
