import type { AcceptedMail } from './accepted-mail.js'

/** The addresses that a mail links to, in their order, each once: those of its HTML, else those of its text. */
export function linksIn({ html, text }: Pick<AcceptedMail, 'html' | 'text'>): string[] {
  const hrefs = [...(html ?? '').matchAll(/\bhref="(https?:\/\/[^"]+)"/gi)].map(([, href = '']) => unescaped(href))
  const plain = (text ?? '').match(/https?:\/\/[^\s<>"')\]]+/g) ?? []
  return [...new Set(hrefs.length > 0 ? hrefs : plain)]
}

function unescaped(attribute: string): string {
  return attribute.replace(/&(?:amp|#38|#x26);/gi, '&')
}
