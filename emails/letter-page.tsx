import {
  Body,
  Button,
  Column,
  Container,
  Head,
  Hr,
  Html,
  Link,
  Preview,
  Row,
  Section,
  Text,
} from '@react-email/components'
import type { CSSProperties, ReactNode } from 'react'
import type { Letter, LetterItem, LetterStop } from './letter.js'
import { type Line, plain } from './line.js'

const fontFamily = '-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica Neue,Arial,sans-serif'

/** A name without a space must wrap, even within a table. */
const wordBreak = 'break-word'

const text: CSSProperties = {
  margin: '0 0 16px',
  fontFamily,
  fontSize: '16px',
  lineHeight: '25px',
  color: '#15201b',
  wordBreak,
}
const fine: CSSProperties = { ...text, fontSize: '13px', lineHeight: '20px', color: '#525e58' }
const amount: CSSProperties = { fontWeight: 600, color: '#15201b', whiteSpace: 'nowrap' }
const sheet: CSSProperties = {
  backgroundColor: '#ffffff',
  border: '1px solid #e1e6e2',
  borderRadius: '12px',
  padding: '40px 40px 28px',
  textAlign: 'left',
}
const button: CSSProperties = {
  padding: '14px 24px',
  borderRadius: '8px',
  backgroundColor: '#15201b',
  color: '#ffffff',
  fontFamily,
  fontSize: '16px',
  lineHeight: '20px',
  fontWeight: 600,
}

/** Dark colours and a narrow screen cannot be said inline. No quotes or angle brackets: React would escape them. */
const CSS = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (max-width: 480px) {
  .sheet { padding: 28px 20px 12px !important; }
  .act { display: block !important; text-align: center !important; }
  .act-table { width: 100% !important; }
  .tap { display: inline-block !important; padding: 12px 0 !important; }
}
@media (prefers-color-scheme: dark) {
  .body, .back { background-color: #0d1210 !important; }
  .sheet { background-color: #131a17 !important; border-color: #242e29 !important; }
  .text, .text a, .amount { color: #e7eeea !important; }
  .fine, .fine a { color: #9ba8a1 !important; }
  .rule { border-top-color: #242e29 !important; }
  .act-cell, .act { background-color: #e7eeea !important; color: #0d1210 !important; }
}
`

/** The letter as HTML: one sheet, one button. Clients that ignore the style sheet get the light one. */
export function LetterPage({ letter }: { letter: Letter }) {
  return (
    <Html lang={letter.language}>
      <Head>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{letter.subject}</title>
        <style>{CSS}</style>
      </Head>
      <Body className="body" style={{ margin: 0, padding: 0, backgroundColor: '#f4f6f4' }}>
        <Preview>{letter.preview}</Preview>
        <Row className="back" style={{ backgroundColor: '#f4f6f4' }}>
          <Column align="center" style={{ padding: '24px 12px' }}>
            <Container style={{ maxWidth: '600px', borderCollapse: 'separate', tableLayout: 'fixed' }}>
              <Row style={{ borderCollapse: 'separate', tableLayout: 'fixed' }}>
                <Column className="sheet" style={sheet}>
                  <Sheet letter={letter} />
                </Column>
              </Row>
            </Container>
          </Column>
        </Row>
      </Body>
    </Html>
  )
}

function Sheet({ letter }: { letter: Letter }) {
  return (
    <>
      <Text className="text" style={{ ...text, margin: '0 0 28px', lineHeight: '24px', fontWeight: 600 }}>
        {letter.from}
      </Text>
      <Paragraphs lines={letter.opening} />
      {letter.items.length > 0 && (
        <Section style={{ margin: '0 0 16px' }}>
          {letter.items.map((item) => (
            <Item key={`${item.title} ${item.reason} ${item.action?.link}`} item={item} />
          ))}
        </Section>
      )}
      {letter.action && (
        <Row className="act-table" align={undefined} width={undefined} style={{ margin: '24px 0' }}>
          <Column className="act-cell" align="center" style={{ backgroundColor: '#15201b', borderRadius: '8px' }}>
            <Button className="act" href={letter.action.link} style={button}>
              {letter.action.label}
            </Button>
          </Column>
        </Row>
      )}
      <Paragraphs lines={letter.closing} />
      {letter.smallPrint.html && (
        <>
          <Hr className="rule" style={{ borderTop: '1px solid #e1e6e2', margin: '24px 0 16px' }} />
          <Fine>{letter.smallPrint.html}</Fine>
        </>
      )}
      {letter.stops.map((stop) => (
        <Stop key={stop.link} stop={stop} />
      ))}
    </>
  )
}

function Paragraphs({ lines }: { lines: readonly Line[] }) {
  return lines.map((line) => (
    <Text key={plain(line)} className="text" style={text}>
      {line.map((part) =>
        typeof part === 'string' ? (
          part
        ) : (
          <strong key={part.strong} className="amount" style={amount}>
            {part.strong}
          </strong>
        ),
      )}
    </Text>
  ))
}

/** An amount that is longer leaves a phone no room for a title beside it. */
const LONGEST_BESIDE = 16

/** Only the title stands beside the amount: what is below it has the whole width, also on a phone. */
function Item({ item }: { item: LetterItem }) {
  const isBeside = item.amount.length <= LONGEST_BESIDE
  return (
    <>
      <Hr className="rule" style={{ borderTop: '1px solid #e1e6e2', margin: '0' }} />
      <Row>
        <Column style={{ padding: '14px 16px 2px 0', verticalAlign: 'top' }}>
          <Text className="text" style={{ ...text, margin: '0' }}>
            {item.title}
          </Text>
          {!isBeside && <Amount of={item} />}
        </Column>
        {isBeside && (
          <Column align="right" width="1%" style={{ padding: '14px 0 2px', verticalAlign: 'top' }}>
            <Amount of={item} />
          </Column>
        )}
      </Row>
      <Row>
        <Column style={{ padding: '0 0 10px' }}>
          <Fine>{item.reason}</Fine>
          {item.action && (
            <Text className="text" style={{ ...text, margin: '0', fontSize: '14px', lineHeight: '20px' }}>
              <Link className="tap" href={item.action.link} style={{ color: '#15201b', textDecoration: 'underline' }}>
                {item.action.label}
              </Link>
            </Text>
          )}
        </Column>
      </Row>
    </>
  )
}

const Amount = ({ of }: { of: LetterItem }) => (
  <Text className="text" style={{ ...text, ...amount, margin: '0' }}>
    {of.amount}
  </Text>
)

function Stop({ stop }: { stop: LetterStop }) {
  return (
    <>
      {stop.of && <Fine margin="12px 0 0">{stop.of}</Fine>}
      <Fine>
        <Link className="tap" href={stop.link} style={{ color: '#525e58', textDecoration: 'underline' }}>
          {stop.label}
        </Link>
      </Fine>
    </>
  )
}

const Fine = ({ children, margin = '0 0 8px' }: { children: ReactNode; margin?: string }) => (
  <Text className="fine" style={{ ...fine, margin }}>
    {children}
  </Text>
)
