/** What somebody pasted as a signing secret. */
export type TypedSecret =
  | { readonly usable: true; readonly secret: string }
  | { readonly usable: false; readonly reason: string }

const WHERE = 'Open your endpoint in Stripe, reveal its signing secret, and paste that.'

/** Takes signing secrets only: whatever else was pasted is told by its kind, and never kept. */
export function readSigningSecret(typed: string): TypedSecret {
  const secret = typed.replace(/\s+/g, '')
  if (/^whsec_\w+$/.test(secret)) return { usable: true, secret }
  if (secret === '') return no(`Nothing was pasted. Signing secrets begin with whsec_. ${WHERE}`)
  if (/^(sk|rk)_/.test(secret)) {
    return no(
      `This is a secret API key, not a signing secret. Signing secrets begin with whsec_. We have not stored it. ${WHERE}`,
    )
  }
  if (/^we_/.test(secret)) return no(`This is the id of the endpoint. Its signing secret begins with whsec_. ${WHERE}`)
  return no(`This is not a signing secret, which begins with whsec_. We have not stored it. ${WHERE}`)
}

const no = (reason: string): TypedSecret => ({ usable: false, reason })
