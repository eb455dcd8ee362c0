// The operator's pages, each with its address.
import { fill, h, viewTitle } from './element.js';
import { auditView } from './audit.js';
import { chartsView } from './charts.js';
import { inventoryView } from './inventory.js';
import { knowledgeView } from './knowledge.js';
import { queuesView } from './queues.js';
import { rolloutView } from './rollout.js';
import { href } from './route.js';
import { servicesView } from './services.js';
import { T } from './texts.js';

const PAGES = { services: servicesView, queues: queuesView, charts: chartsView, inventory: inventoryView, knowledge: knowledgeView, audit: auditView, rollout: rolloutView };

export function operateView(root, page) {
  const name = page in PAGES ? page : 'services';
  const body = h('div.page');
  fill(root, [viewTitle(T.pages[name]),
    h('nav.tabs', { 'aria-label': T.operate }, Object.keys(PAGES).map((id) => h('a', { href: href('operate', id), 'aria-current': id === name ? 'page' : null }, T.pages[id]))),
    body]);
  return PAGES[name](body);
}
