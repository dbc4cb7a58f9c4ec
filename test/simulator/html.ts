/** Text that is HTML already. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = Html | string | number | null | undefined | false | readonly Part[]

/** A template whose values are escaped, unless they are HTML themselves. Lists are joined, nothing is left out quietly. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, index) => text + (index < parts.length ? asHtml(parts[index]) : '')).join(''))
}

function asHtml(part: Part): string {
  if (part instanceof Html) return part.text
  if (Array.isArray(part)) return part.map(asHtml).join('')
  if (part === null || part === undefined || part === false) return ''
  return String(part).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

const STYLE = `
:root { color-scheme: light dark; --canvas: light-dark(#f6f8fa, #10141a); --surface: light-dark(#fff, #181d25);
  --line: light-dark(#dfe4ea, #2c333e); --control: light-dark(#7c8896, #77828f); --text: light-dark(#1a2230, #e6eaf0);
  --muted: light-dark(#566273, #a0acba); --ink: light-dark(#2a4a8c, #9dbcf5); --on-ink: light-dark(#fff, #10141a);
  --good: light-dark(#17694a, #6fcfa5); --bad: light-dark(#a1322b, #f19a92); --tag: light-dark(#fff3d6, #3a2f12);
  --tag-text: light-dark(#6b4700, #f1cf80); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--canvas); color: var(--text); font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; }
header { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; padding: 1rem 1.5rem; border-bottom: 1px solid var(--line); background: var(--surface); }
header strong { font-weight: 600; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-left: auto; font-size: .9375rem; }
nav a { color: var(--muted); text-decoration: none; } nav a:hover { color: var(--text); }
nav a[aria-current] { color: var(--text); font-weight: 550; box-shadow: 0 .3rem 0 -.15rem var(--ink); }
@media (max-width: 40rem) { nav { width: 100%; } }
.chip { white-space: nowrap; } .chip::before { content: ''; display: inline-block; width: .5rem; height: .5rem; margin-right: .4rem; border-radius: 50%; background: currentColor; vertical-align: .08em; }
.tag { padding: .1rem .6rem; border-radius: 99px; background: var(--tag); color: var(--tag-text); font-size: .8125rem; font-weight: 550; }
main { max-width: 30rem; margin: 2.5rem auto; padding: 0 1.25rem; }
main.wide { max-width: 84rem; margin: 1.5rem auto; }
h1 { margin: 0 0 .25rem; font-size: 1.375rem; line-height: 1.3; font-weight: 600; letter-spacing: -.01em; }
h2 { margin: 2rem 0 .5rem; font-size: 1rem; font-weight: 600; }
p { margin: .5rem 0; }
.muted { color: var(--muted); }
.panel { margin-top: 1.25rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
.sum { margin: .25rem 0 0; font-size: 2rem; line-height: 1.2; font-weight: 600; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1.25rem; margin: 1rem 0 0; }
dt { color: var(--muted); } dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
fieldset { margin: 0; padding: 0; border: 0; } legend { padding: 0 0 .5rem; font-weight: 550; }
label.card { display: grid; grid-template-columns: auto 1fr; gap: 0 .75rem; align-items: center; padding: .7rem .875rem; border: 1px solid var(--line); border-bottom-width: 0; cursor: pointer; }
label.card:first-of-type { border-radius: 8px 8px 0 0; } label.card:last-of-type { border-radius: 0 0 8px 8px; border-bottom-width: 1px; }
label.card:has(:checked) { background: light-dark(#eef3fc, #1f2a3d); }
label.card span { font-variant-numeric: tabular-nums; } label.card small { grid-column: 2; color: var(--muted); }
input[type=radio] { grid-row: span 2; width: 1.1rem; height: 1.1rem; accent-color: var(--ink); }
button { padding: .6rem 1rem; border: 1px solid var(--ink); border-radius: 8px; background: var(--ink); color: var(--on-ink); font: inherit; font-weight: 550; cursor: pointer; }
button.big { width: 100%; margin-top: 1rem; min-height: 2.75rem; }
button.second { background: transparent; color: var(--ink); }
button.quiet { padding: .2rem .6rem; border-color: var(--control); background: transparent; color: var(--text); font-size: .875rem; font-weight: 450; }
select { max-width: 100%; } .row label { min-width: 0; max-width: 100%; }
select, input:not([type=radio], [type=hidden]) { max-width: 100%; padding: .55rem .6rem; border: 1px solid var(--control); border-radius: 8px; background: var(--surface); color: inherit; font: inherit; }
:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
.error { margin-top: 1rem; padding: .7rem .875rem; border: 1px solid var(--bad); border-radius: 8px; color: var(--bad); }
.good { color: var(--good); } .bad { color: var(--bad); }
a { color: var(--ink); }
.scroll { margin-top: .75rem; overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
table { width: 100%; border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .5rem .75rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; white-space: nowrap; }
tr:last-child td { border-bottom: 0; } tr:last-child th[scope=row] { border-bottom: 0; } th { color: var(--muted); font-weight: 500; } td.money, th.money { text-align: right; }
td form { display: inline; } td button.quiet { margin: -.3rem 0; } .row { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; } .row label { display: grid; gap: .2rem; font-size: .8125rem; color: var(--muted); } .row label > * { font-size: 1rem; color: var(--text); }
.seldom { margin-top: .35rem; } td .seldom button.quiet { margin: 0 .5rem 0 0; padding: 0; border: 0; color: var(--muted); font-size: .8125rem; text-decoration: underline; }
code { font: .8125rem/1.4 ui-monospace, SFMono-Regular, Menlo, monospace; }
iframe { width: 100%; height: 34rem; border: 1px solid var(--line); border-radius: 10px; background: #fff; }
pre { margin: 0; padding: 1rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; }
`

export interface Page {
  readonly title: string
  /** Such as `Simulated Stripe`: says on every page that this is not the real thing. */
  readonly label: string
  readonly heading: string
  readonly wide?: boolean
  readonly nav?: Html
  readonly body: Html
}

export function renderPage(page: Page): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title><style>${new Html(STYLE)}</style></head>
<body><header><strong>${page.heading}</strong> <span class="tag">${page.label}</span>${page.nav}</header>
<main${page.wide ? new Html(' class="wide"') : ''}>${page.body}</main></body></html>`.text
}
