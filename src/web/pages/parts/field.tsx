import type { InputHTMLAttributes, ReactNode } from 'react'
import { Fault } from './fault.js'

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly name: string
  readonly label: string
  readonly hint?: ReactNode
  /** What is wrong with what was typed, and what to do. */
  readonly fault?: ReactNode
}

/** A labelled input; its fault stands below it and is told by screen readers with it. */
export function Field({ name, label, hint, fault, value, ...input }: FieldProps) {
  const told = [hint && `${name}-hint`, fault && `${name}-fault`].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      <input
        className="input"
        id={name}
        name={name}
        defaultValue={value}
        {...(fault ? { 'aria-invalid': true } : {})}
        {...(told ? { 'aria-describedby': told } : {})}
        {...input}
      />
      {hint ? (
        <p className="hint" id={`${name}-hint`}>
          {hint}
        </p>
      ) : null}
      {fault ? <Fault id={`${name}-fault`}>{fault}</Fault> : null}
    </div>
  )
}
