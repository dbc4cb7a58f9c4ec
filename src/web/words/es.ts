import type { PageWords } from './page-words.js'

/** Usted, and no word that only Spain or only Latin America uses, as in the mails. */
export const spanish: PageWords = {
  language: 'es',
  closed: {
    recovered: { title: 'Esto ya está pagado', what: 'No tiene que hacer nada más. Gracias.' },
    forgiven: {
      title: 'Ya no hay nada que pagar',
      what: 'Ya no hace falta pagar esta factura. No tiene que hacer nada más.',
    },
    lost: {
      title: 'Este enlace ya no está activo',
      what: 'Aquí ya no se puede pagar. Si tiene alguna duda, basta con responder a nuestro correo.',
    },
    dismissed: {
      title: 'Este enlace ya no hace falta',
      what: 'No tiene que hacer nada. Si tiene alguna duda, basta con responder a nuestro correo.',
    },
  },
  unreachable: {
    title: 'La página de pago no está disponible en este momento',
    what: 'No se cobró nada y nada cambió. Abra el enlace otra vez dentro de un minuto, por favor.',
    stillNotThere: '¿Sigue sin funcionar?',
    writeTo: (address) => `Escriba a ${address}`,
  },
  busy: {
    title: 'Este enlace se abrió demasiadas veces',
    what: 'Queda en pausa durante un minuto. No se cobró nada y nada cambió: ábralo otra vez después, por favor.',
  },
  unknown: {
    title: 'Este enlace no funciona',
    what: 'Es posible que llegara incompleto. Ábralo otra vez desde nuestro correo o responda a ese correo, por favor.',
  },
  done: {
    paid: { title: 'Gracias, ya está pagado', what: 'No tiene que hacer nada más. Puede cerrar esta página.' },
    saved: {
      title: 'Gracias, su tarjeta quedó guardada',
      what: 'Nos encargamos del pago. No tiene que hacer nada más y puede cerrar esta página.',
    },
    declined: {
      title: 'Esta tarjeta no fue aceptada',
      what: 'La tarjeta quedó guardada, pero el banco no autorizó el pago. No se cobró nada.',
      again: 'Usar otra tarjeta',
    },
    unseen: {
      title: 'Gracias',
      what: 'Si guardó una tarjeta, nos encargamos del pago y no tiene que hacer nada más.',
      otherwise: 'Si no guardó ninguna, nada cambió.',
      again: 'Volver a la página de la tarjeta',
    },
  },
  stop: {
    ask: {
      one: {
        title: '¿No recibir más recordatorios de esta factura?',
        what: 'Ya no le enviaremos correos sobre esta factura. La factura y su suscripción quedan como están.',
      },
      all: {
        title: '¿No recibir más recordatorios de sus facturas pendientes?',
        what: 'Ya no le enviaremos correos sobre sus facturas pendientes. Las facturas y sus suscripciones quedan como están.',
      },
    },
    button: 'No recibir más recordatorios',
    stopped: {
      one: {
        title: 'Ya no recibirá recordatorios',
        what: 'No le enviaremos más correos sobre esta factura. La factura y su suscripción quedan como están.',
      },
      all: {
        title: 'Ya no recibirá recordatorios',
        what: 'No le enviaremos más correos sobre sus facturas pendientes. Las facturas y sus suscripciones quedan como están.',
      },
    },
  },
}
