import type { JobDefinition, Ring } from '../../jobs/define-job.js'

/** A ring that a test hears; those for a time to come are heard only where the test asks for them. */
export function aRing(
  hear: (job: JobDefinition<never>, payload: unknown) => void = () => undefined,
  hearLater: (time: Date, job: JobDefinition<never>, payload: unknown) => void = () => undefined,
): Ring {
  const ring = async <Payload>(job: JobDefinition<Payload>, ...payloads: Payload[]) => {
    for (const payload of payloads) hear(job as never, payload)
  }
  const at = async <Payload>(time: Date, job: JobDefinition<Payload>, payload: Payload) =>
    hearLater(time, job as never, payload)
  return Object.assign(ring, { at })
}
