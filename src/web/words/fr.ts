import type { PageWords } from './page-words.js'

/*
 * Vous and "message", as in the mails. Spaces that do not break: narrow (U+202F) before a question mark, full (U+00A0)
 * before a colon.
 */

export const french: PageWords = {
  language: 'fr',
  closed: {
    recovered: { title: 'C’est déjà réglé', what: 'Vous n’avez plus rien à faire. Merci.' },
    forgiven: {
      title: 'Il n’y a plus rien à payer',
      what: 'Cette facture n’est plus à régler. Vous n’avez rien d’autre à faire.',
    },
    lost: {
      title: 'Ce lien n’est plus actif',
      what: 'Il n’est plus possible de payer ici. Si vous avez une question, répondez simplement à notre message.',
    },
    dismissed: {
      title: 'Ce lien n’est plus utile',
      what: 'Vous n’avez rien à faire. Si vous avez une question, répondez simplement à notre message.',
    },
  },
  unreachable: {
    title: 'La page de paiement est momentanément inaccessible',
    what: 'Aucun montant n’a été débité et rien n’a changé. Merci de rouvrir le lien dans une minute.',
    stillNotThere: 'Toujours inaccessible\u202f?',
    writeTo: (address) => `Écrivez à ${address}`,
  },
  busy: {
    title: 'Ce lien a été ouvert trop souvent',
    what: 'Il fait une pause d’une minute. Aucun montant n’a été débité et rien n’a changé\u00a0: merci de le rouvrir ensuite.',
  },
  unknown: {
    title: 'Ce lien ne fonctionne pas',
    what: 'Il a peut-être été coupé en chemin. Merci de le rouvrir depuis notre message ou d’y répondre.',
  },
  done: {
    paid: {
      title: 'Merci, nous avons bien reçu votre paiement',
      what: 'Vous n’avez plus rien à faire et pouvez fermer cette page.',
    },
    saved: {
      title: 'Merci, votre carte est enregistrée',
      what: 'Nous nous occupons du paiement. Vous n’avez plus rien à faire et pouvez fermer cette page.',
    },
    declined: {
      title: 'Cette carte n’a pas été acceptée',
      what: 'La carte est enregistrée, mais la banque n’a pas autorisé le paiement. Aucun montant n’a été débité.',
      again: 'Essayer une autre carte',
    },
    unseen: {
      title: 'Merci',
      what: 'Si vous avez enregistré une carte, nous nous occupons du paiement et vous n’avez plus rien à faire.',
      otherwise: 'Si vous n’en avez pas enregistré, rien n’a changé.',
      again: 'Revenir à la saisie de la carte',
    },
  },
  stop: {
    ask: {
      one: {
        title: 'Arrêter les rappels pour cette facture\u202f?',
        what: 'Vous ne recevrez alors plus de message au sujet de cette facture. La facture et votre abonnement restent inchangés.',
      },
      all: {
        title: 'Arrêter les rappels pour vos factures en attente\u202f?',
        what: 'Vous ne recevrez alors plus de message au sujet de vos factures en attente. Les factures et vos abonnements restent inchangés.',
      },
    },
    button: 'Arrêter les rappels',
    stopped: {
      one: {
        title: 'Les rappels sont arrêtés',
        what: 'Vous ne recevrez plus de message au sujet de cette facture. La facture et votre abonnement restent inchangés.',
      },
      all: {
        title: 'Les rappels sont arrêtés',
        what: 'Vous ne recevrez plus de message au sujet de vos factures en attente. Les factures et vos abonnements restent inchangés.',
      },
    },
  },
}
