import { type Dossier, diagnose, type Exclusion, type Finding } from '../domain/diagnosis.js'
import { type Place, type ReportBuilder, weekOf } from '../domain/diagnostic-report.js'

export interface Counting {
  readonly livemode: boolean
  /** IANA name: whose weeks they are. */
  readonly timeZone: string
  /** Whether we wrote to the customer about this invoice. */
  readonly wasPrompted: (invoiceId: string) => boolean
}

/** An invoice that failed. */
export interface Placed extends Place {
  readonly finding: Finding
  /** Why it is counted apart; `null`: it is a renewal. */
  readonly apart: Exclusion | null
}

/** Diagnoses invoices and adds them to a report. @returns those that failed */
export function* addUp(
  builder: ReportBuilder,
  dossiers: Iterable<Dossier>,
  { livemode, timeZone, wasPrompted }: Counting,
): Generator<Placed> {
  for (const dossier of dossiers) {
    const { currency, id } = dossier.invoice
    const diagnosis = diagnose(dossier, { livemode })
    const finding = diagnosis.kind === 'fine' ? null : diagnosis.finding
    const place = { week: finding ? weekOf(finding.firstFailedAt, timeZone) : '', wasPrompted: wasPrompted(id) }
    builder.add(currency, diagnosis, place)
    if (finding) yield { finding, apart: diagnosis.kind === 'excluded' ? diagnosis.because : null, ...place }
  }
}
