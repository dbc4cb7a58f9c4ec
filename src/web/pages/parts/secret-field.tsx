import type { ReactNode } from 'react'
import { Field } from './field.js'

interface SecretFieldProps {
  readonly name: string
  readonly label: string
  /** How such secrets begin. */
  readonly placeholder: string
  /** Before *Stored encrypted, never shown again.* */
  readonly hint?: string
  readonly fault?: ReactNode
  /** Kept in one answer, where it was not the fault. */
  readonly value?: string | undefined
}

/** For a secret that is pasted: no browser keeps, mends or spells it. */
export function SecretField({ hint, ...field }: SecretFieldProps) {
  return (
    <Field
      {...field}
      className="input mono"
      autoComplete="off"
      spellCheck={false}
      autoCapitalize="none"
      required
      hint={`${hint ? `${hint} ` : ''}Stored encrypted, never shown again.`}
    />
  )
}
