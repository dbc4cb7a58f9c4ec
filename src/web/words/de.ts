import type { PageWords } from './page-words.js'

/** Sie, as in the mails. */
export const german: PageWords = {
  language: 'de',
  closed: {
    recovered: { title: 'Das ist schon bezahlt', what: 'Sie brauchen nichts weiter zu tun. Vielen Dank.' },
    forgiven: {
      title: 'Hier ist nichts mehr zu zahlen',
      what: 'Diese Rechnung hat sich erledigt. Sie brauchen nichts weiter zu tun.',
    },
    lost: {
      title: 'Dieser Link gilt nicht mehr',
      what: 'Hier kann nichts mehr bezahlt werden. Falls Sie eine Frage haben, antworten Sie einfach auf unsere E-Mail.',
    },
    dismissed: {
      title: 'Hier ist nichts mehr zu tun',
      what: 'Dieser Link wird nicht mehr gebraucht. Falls Sie eine Frage haben, antworten Sie einfach auf unsere E-Mail.',
    },
  },
  unreachable: {
    title: 'Die Zahlungsseite ist gerade nicht erreichbar',
    what: 'Es wurde nichts abgebucht, und nichts hat sich geändert. Bitte öffnen Sie den Link in einer Minute noch einmal.',
    stillNotThere: 'Klappt es immer noch nicht?',
    writeTo: (address) => `Schreiben Sie an ${address}`,
  },
  busy: {
    title: 'Dieser Link wurde zu oft geöffnet',
    what: 'Er macht eine Minute Pause. Es wurde nichts abgebucht, und nichts hat sich geändert. Bitte öffnen Sie ihn dann noch einmal.',
  },
  unknown: {
    title: 'Dieser Link funktioniert nicht',
    what: 'Vielleicht wurde er unterwegs abgeschnitten. Bitte öffnen Sie ihn noch einmal aus unserer E-Mail oder antworten Sie darauf.',
  },
  done: {
    paid: {
      title: 'Vielen Dank, die Zahlung ist angekommen',
      what: 'Sie brauchen nichts weiter zu tun und können diese Seite schließen.',
    },
    saved: {
      title: 'Vielen Dank, Ihre Karte ist gespeichert',
      what: 'Um die Zahlung kümmern wir uns. Sie brauchen nichts weiter zu tun und können diese Seite schließen.',
    },
    declined: {
      title: 'Diese Karte wurde nicht angenommen',
      what: 'Die Karte ist gespeichert, aber die Bank hat die Zahlung nicht zugelassen. Es wurde nichts abgebucht.',
      again: 'Andere Karte nutzen',
    },
    unseen: {
      title: 'Vielen Dank',
      what: 'Wenn Sie eine Karte gespeichert haben, kümmern wir uns um die Zahlung, und Sie brauchen nichts weiter zu tun.',
      otherwise: 'Wenn Sie keine gespeichert haben, hat sich nichts geändert.',
      again: 'Zurück zur Karteneingabe',
    },
  },
  stop: {
    ask: {
      one: {
        title: 'Nicht mehr an diese Rechnung erinnern?',
        what: 'Sie bekommen dann keine E-Mails mehr zu dieser Rechnung. Die Rechnung und Ihr Abo bleiben, wie sie sind.',
      },
      all: {
        title: 'Nicht mehr an Ihre offenen Rechnungen erinnern?',
        what: 'Sie bekommen dann keine E-Mails mehr zu Ihren offenen Rechnungen. Die Rechnungen und Ihre Abos bleiben, wie sie sind.',
      },
    },
    button: 'Nicht mehr erinnern',
    stopped: {
      one: {
        title: 'Wir erinnern Sie nicht mehr',
        what: 'Sie bekommen keine E-Mails mehr zu dieser Rechnung. Die Rechnung und Ihr Abo bleiben, wie sie sind.',
      },
      all: {
        title: 'Wir erinnern Sie nicht mehr',
        what: 'Sie bekommen keine E-Mails mehr zu Ihren offenen Rechnungen. Die Rechnungen und Ihre Abos bleiben, wie sie sind.',
      },
    },
  },
}
