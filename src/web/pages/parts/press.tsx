import type { ReactNode } from 'react'

interface PressProps {
  readonly action: string
  /** What is posted, and all of it. */
  readonly does: string
  readonly look?: 'primary' | 'danger' | undefined
  readonly children: ReactNode
}

/** A button that posts nothing but what it does. */
export function Press({ action, does, look, children }: PressProps) {
  return (
    <form className="switch" method="post" action={action}>
      <input type="hidden" name="do" value={does} />
      <button className={look ? `button ${look}` : 'button'} type="submit">
        {children}
      </button>
    </form>
  )
}
