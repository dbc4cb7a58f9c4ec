/** `Ada <ada@x.example>` → `ada@x.example`, in lower case. */
export function bareAddress(address: string): string {
  return (/<([^>]+)>\s*$/.exec(address)?.[1] ?? address).trim().toLowerCase()
}

/** `Ada <ada@x.example>` → `x.example`. */
export function domainOf(address: string): string {
  return bareAddress(address).split('@').at(-1) ?? ''
}
