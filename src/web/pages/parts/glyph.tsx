import type { ReactNode } from 'react'
import type { GlyphName, Tone } from '../../presenters/case-state.js'

/** Shapes of 16 by 16 in the colour of the words beside them. */
type IconName =
  | GlyphName
  | 'missing'
  | 'mail'
  | 'retry'
  | 'back'
  | 'overview'
  | 'jobs'
  | 'cases'
  | 'diagnostics'
  | 'search'
  | 'chevron'
  | 'events'
  | 'settings'
  | 'lock'
  | 'copy'
  | 'mark'

const RING = <circle cx="8" cy="8" r="6.25" />
const DASHED = <circle cx="8" cy="8" r="6.25" strokeDasharray="2.3 2.61" />
const filled = (shape: ReactNode) => (
  <g fill="currentColor" stroke="none">
    {shape}
  </g>
)
const ring = (quarters: ReactNode) => (
  <>
    {RING}
    {filled(quarters)}
  </>
)

const SHAPES: Record<IconName, ReactNode> = {
  waiting: <circle cx="8" cy="8" r="6.25" strokeDasharray=".1 3.83" />,
  'open-0': RING,
  'open-1': ring(<path d="M8 8V4.3A3.7 3.7 0 0 1 11.7 8Z" />),
  'open-2': ring(<path d="M8 8V4.3A3.7 3.7 0 0 1 8 11.7Z" />),
  'open-3': ring(<path d="M8 8V4.3A3.7 3.7 0 1 1 4.3 8Z" />),
  'open-4': ring(<circle cx="8" cy="8" r="3.7" />),
  paused: (
    <>
      {RING}
      <path d="M6.5 6v4m3-4v4" />
    </>
  ),
  attention: filled(
    <path
      fillRule="evenodd"
      d="M6.94.94a1.5 1.5 0 0 1 2.12 0l6 6a1.5 1.5 0 0 1 0 2.12l-6 6a1.5 1.5 0 0 1-2.12 0l-6-6a1.5 1.5 0 0 1 0-2.12l6-6ZM8 4a.8.8 0 0 0-.8.8v3.4a.8.8 0 0 0 1.6 0V4.8A.8.8 0 0 0 8 4Zm0 6.1a.95.95 0 1 0 0 1.9.95.95 0 0 0 0-1.9Z"
    />,
  ),
  recovered: filled(
    <path
      fillRule="evenodd"
      d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm3.53 5.28a.75.75 0 0 0-1.06-1.06L7 8.69 5.53 7.22a.75.75 0 0 0-1.06 1.06l2 2c.3.3.77.3 1.06 0l4-4Z"
    />,
  ),
  lost: (
    <>
      {RING}
      <path d="m5.9 5.9 4.2 4.2m0-4.2-4.2 4.2" />
    </>
  ),
  closed: (
    <>
      {DASHED}
      <path d="M5.8 8h4.4" />
    </>
  ),
  missing: DASHED,
  mail: (
    <>
      <rect x="2" y="3.5" width="12" height="9" rx="1.5" />
      <path d="m2.5 5 5.5 4 5.5-4" />
    </>
  ),
  retry: <path d="M12.9 6.2A5.25 5.25 0 1 0 13.25 8M13.25 3v3.25H10" />,
  back: <path d="M9.75 4.5 6.25 8l3.5 3.5" />,
  jobs: (
    <>
      <rect x="2.75" y="2.75" width="10.5" height="4" rx="1.25" />
      <rect x="2.75" y="9.25" width="10.5" height="4" rx="1.25" />
    </>
  ),
  overview: <path d="M2.5 13.25h11M4 10.5V8.25m4 2.25V3.25m4 7.25V6" />,
  cases: <path d="M5.75 4h7.5m-7.5 4h7.5m-7.5 4h7.5M2.75 4h.01m-.01 4h.01m-.01 4h.01" />,
  search: (
    <>
      <circle cx="7" cy="7" r="4.25" />
      <path d="m10.25 10.25 3 3" />
    </>
  ),
  diagnostics: (
    <>
      <circle cx="7" cy="7" r="4.25" />
      <path d="m10.25 10.25 3 3" />
    </>
  ),
  chevron: <path d="m4.5 6.25 3.5 3.5 3.5-3.5" />,
  events: <path d="M1.75 8.25h2.5l2-5 3.5 9.5 2-4.5h2.5" />,
  settings: (
    <>
      <path d="M1.75 5h4m4.5 0h4M1.75 11h1.5m4.5 0h6.5" />
      <circle cx="8" cy="5" r="2.25" />
      <circle cx="5.5" cy="11" r="2.25" />
    </>
  ),
  lock: (
    <>
      <rect x="3.5" y="7" width="9" height="6.25" rx="1.5" />
      <path d="M5.5 7V5.25a2.5 2.5 0 0 1 5 0V7" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="7.75" height="7.75" rx="1.5" />
      <path d="M10.5 5.5V4.25a1.5 1.5 0 0 0-1.5-1.5H4.25a1.5 1.5 0 0 0-1.5 1.5V9a1.5 1.5 0 0 0 1.5 1.5H5.5" />
    </>
  ),
  mark: <path strokeWidth="1.9" d="M13.9 5.1A6.6 6.6 0 1 0 14.6 8M14.6 8A3.45 3.45 0 1 1 11.1 4.7" />,
}

/** Drawn in place: no page needs to know which glyphs it uses. Always beside words, so screen readers skip it. */
export function Glyph({ name, tone }: { name: IconName; tone?: Tone }) {
  return (
    <svg
      className={tone ? `i ${tone}` : 'i'}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {SHAPES[name]}
    </svg>
  )
}
