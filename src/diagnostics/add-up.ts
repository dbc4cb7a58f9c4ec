import { type Dossier, diagnose } from '../domain/diagnosis.js'
import { type Placed, type ReportBuilder, weekOf } from '../domain/diagnostic-report.js'

export interface Counting {
  readonly livemode: boolean
  /** IANA name: whose weeks they are. */
  readonly timeZone: string
  /** Whether we wrote to the customer about this invoice. */
  readonly wasPrompted: (invoiceId: string) => boolean
}

/** Diagnoses invoices and adds them to a report. @returns the failed renewals among them */
export function* addUp(
  builder: ReportBuilder,
  dossiers: Iterable<Dossier>,
  { livemode, timeZone, wasPrompted }: Counting,
): Generator<Placed> {
  for (const dossier of dossiers) {
    const { currency, id } = dossier.invoice
    const diagnosis = diagnose(dossier, { livemode })
    if (diagnosis.kind !== 'failed') {
      builder.add(currency, diagnosis)
      continue
    }
    const { finding } = diagnosis
    const placed = { finding, week: weekOf(finding.firstFailedAt, timeZone), wasPrompted: wasPrompted(id) }
    builder.add(currency, { kind: 'failed', ...placed })
    yield placed
  }
}
