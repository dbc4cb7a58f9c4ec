/** What a Stripe key says about itself. Source: docs.stripe.com/keys. */
export type ApiKey =
  | { readonly usable: true; readonly mode: 'test' | 'live' }
  | { readonly usable: false; readonly reason: string }

const RESTRICTED = 'Make a restricted key, which begins with rk_, in the Stripe dashboard under Developers, API keys.'

/** Takes restricted keys only: a leaked one can do no more than what it was made for. */
export function readApiKey(key: string): ApiKey {
  if (/^sk_/.test(key)) {
    return no(
      `This is an unrestricted key (sk_). We only take restricted keys, so that a leak could never move your money. ${RESTRICTED}`,
    )
  }
  if (/^pk_/.test(key)) return no(`This is a publishable key (pk_), which can read nothing. ${RESTRICTED}`)
  const mode = /^rk_(test|live)_\w+$/.exec(key)?.[1]
  if (mode === 'test' || mode === 'live') return { usable: true, mode }
  return no(`This is not a Stripe key. ${RESTRICTED}`)
}

const no = (reason: string): ApiKey => ({ usable: false, reason })
