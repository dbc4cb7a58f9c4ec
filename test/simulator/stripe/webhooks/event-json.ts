import type { RecordedEvent } from '../event-log.js'
import type { Store } from '../store.js'
import { pastOf } from '../versions/past.js'
import { before, oldValues } from '../versions/previous.js'
import { reshape, stepsTo } from '../versions/reshape.js'
import type { Json, VersionStep } from '../versions/step.js'

/**
 * An event as an endpoint of that API version gets it. The current shape is put together from the JSON that was kept,
 * without reading it again: this is what many thousand deliveries are made of.
 */
export function eventJson(event: RecordedEvent, version: string, livemode: boolean, store: Store): string {
  const steps = stepsTo(version)
  const { objectJson, previousJson } = steps.length === 0 ? event : inThePast(event, steps, store)
  const previous = previousJson === undefined ? '' : `,"previous_attributes":${previousJson}`
  return (
    `{"id":"${event.id}","object":"event","api_version":${JSON.stringify(version)},"created":${event.created},` +
    `"data":{"object":${objectJson}${previous}},"livemode":${livemode},"pending_webhooks":${event.pendingWebhooks},` +
    `"request":${JSON.stringify(event.request)},"type":"${event.type}"}`
  )
}

function inThePast(event: RecordedEvent, steps: readonly VersionStep[], store: Store) {
  const past = pastOf(event, store)
  const now = JSON.parse(event.objectJson) as Json
  const object = reshape(now, steps, past)
  const objectJson = JSON.stringify(object)
  if (event.previousJson === undefined) return { objectJson, previousJson: undefined }
  const earlier = reshape(before(now, JSON.parse(event.previousJson) as Json), steps, past)
  return { objectJson, previousJson: JSON.stringify(oldValues(earlier, object)) }
}
