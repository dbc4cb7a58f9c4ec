import type { OverviewView } from '../presenters/overview.js'
import { Overview } from './overview/overview.js'
import { render } from './parts/document.js'
import { Panel, type PanelProps } from './parts/panel.js'

/** `GET /app` */
export function overviewPage({ panel, overview }: { panel: PanelProps; overview: OverviewView }): string {
  return render(
    <Panel panel={panel} here="overview" title="Overview" moreStyles="overview">
      <Overview of={overview} />
    </Panel>,
  )
}
