import { useEffect, useState } from 'react'
import { hydrateRoot } from 'react-dom'
import { Screen, type Shown } from '../pages/screens.js'
import { find } from './find.js'
import { follow } from './follow.js'

/*
 * The panel's client: AdminJS's application, with ours in the place of its own. It takes over the page as it was sent,
 * and from then on shows what AdminJS's API tells.
 */

const sent = JSON.parse(document.getElementById('shown')?.textContent ?? '') as Shown

function Application() {
  const [shown, setShown] = useState(sent)
  const [isStale, setStale] = useState(false)
  useEffect(() => follow(sent, setShown, setStale), [])
  return <Screen {...shown} find={find} isStale={isStale} />
}

window.AdminJS.UserComponents.Application = Application
hydrateRoot(document.getElementById('app') as HTMLElement, window.AdminJS.Application)
