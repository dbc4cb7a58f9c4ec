import { render } from '../parts/document.js'
import type { PanelProps } from '../parts/panel.js'
import { Settings } from '../parts/settings.js'

/** `GET /app/settings/campaign` */
export const campaignPage = ({ panel }: { panel: PanelProps }) =>
  render(
    <Settings panel={panel} here="campaign">
      <p />
    </Settings>,
  )
