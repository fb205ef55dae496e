// Layer by expert: which experts a version brings, how they differ from another's, and, where the
// server counts it, how often its own traffic is sent to each.
import { json } from './api.js';
import { draw, ink, palette, units } from './charts.js';

const heat = document.getElementById('heat');
const said = document.getElementById('heat-said');

const expertsOf = async (path) => {
  const { experts } = await json('GET', `${path}?experts=true`);
  return new Map(experts.map(({ layer, column, digest }) => [`${layer}:${column}`, digest]));
};

/** Null where this server does not count, or the version is not resident. */
const routingOf = (path) => json('GET', `${path}/routing`).catch(() => null);

/** What each cell is: a kind and, where it is counted, a share of its layer's tokens. */
function cells(layers, columns, own, other, routing) {
  const all = [];
  layers.forEach((layer, y) => {
    const counts = routing?.layers.find((each) => each.layer === layer)?.counts ?? [];
    const sum = counts.reduce((total, count) => total + count, 0);
    for (let x = 0; x < columns; x++) {
      const mine = own.get(`${layer}:${x}`);
      const theirs = other?.get(`${layer}:${x}`);
      const kind = mine && theirs ? (mine === theirs ? 'same' : 'differs') : mine ? 'tuned' : theirs ? 'theirs' : 'base';
      all.push({ x, y, layer, kind, count: counts[x], share: sum ? (counts[x] ?? 0) / sum : 0 }); // a router has no shared columns
    }
  });
  return all;
}

const kinds = {
  base: 'the base model\u2019s',
  tuned: 'tuned by this version',
  same: 'the same in both',
  differs: 'tuned by both, differently',
  theirs: 'tuned by the other alone',
};

function option(layers, routed, columns, all, routing) {
  const [teal, amber, blue, pink] = palette();
  const { empty, card } = ink();
  const colors = { base: empty, tuned: teal, same: blue, differs: amber, theirs: pink };
  const used = Object.keys(kinds).filter((kind) => all.some((cell) => cell.kind === kind));
  const most = Math.max(1e-9, ...all.map((cell) => cell.share));
  const hits = all.filter((cell) => cell.count > 0);
  return {
    grid: { left: 14, right: 8, top: 34, bottom: 4, containLabel: true },
    legend: { data: used.map((kind) => kinds[kind]), itemHeight: 10, itemWidth: 10 },
    tooltip: {
      formatter: ({ data: { cell } }) =>
        `layer ${cell.layer}, ${cell.x < routed ? `expert ${cell.x}` : `shared expert ${cell.x - routed}`}\n${kinds[cell.kind]}`
        + (routing && cell.count !== undefined ? `\n${units.number(cell.count)} tokens, ${units.percent(cell.share)} of the layer` : ''),
    },
    xAxis: { type: 'category', data: Array.from({ length: columns }, (_, x) => (x < routed ? `${x}` : `s${x - routed}`)), splitLine: { show: false } },
    yAxis: { type: 'category', data: layers.map((layer) => `layer ${layer}`), inverse: true },
    series: [
      ...used.map((kind) => ({
        name: kinds[kind],
        type: 'heatmap',
        itemStyle: { color: colors[kind], borderColor: card, borderWidth: 1.5, borderRadius: 3 },
        data: all.filter((cell) => cell.kind === kind).map((cell) => ({ value: [cell.x, cell.y, 1], cell, itemStyle: { color: colors[kind] } })),
      })),
      {
        name: 'hits',
        type: 'scatter',
        symbolSize: (value) => 3 + 11 * Math.sqrt(value[2] / most),
        itemStyle: { color: amber, borderColor: card, borderWidth: 1 },
        data: hits.map((cell) => ({ value: [cell.x, cell.y, cell.share], cell })),
      },
    ],
    visualMap: { show: false, min: 0, max: 1, seriesIndex: used.map((_, i) => i), inRange: { opacity: [1, 1] } },
  };
}

function describe(layers, all, routing) {
  const of = (kind) => all.filter((cell) => cell.kind === kind).length;
  const own = all.length - of('base') - of('theirs');
  const text = [`${own} of ${all.length} experts are this version\u2019s own, in ${new Set(all.filter((cell) => cell.kind !== 'base' && cell.kind !== 'theirs').map((cell) => cell.layer)).size} of ${layers.length} layers.`];
  if (of('same') + of('differs') + of('theirs') > 0) {
    text.push(`${of('same')} are the same in both, ${of('differs')} differ, ${of('tuned')} are tuned here alone, ${of('theirs')} there alone.`);
  }
  said.textContent = text.join(' ');
  heat.setAttribute('aria-label', said.textContent);
  const line = document.getElementById('routing-said');
  line.hidden = !routing;
  if (routing) {
    line.textContent = routing.tokens === 0
      ? 'No token was counted since it was loaded; dots will show where its traffic goes.'
      : `Dots: where ${units.number(routing.tokens)} tokens of its traffic were sent since it was loaded. ${routing.tuned_share == null ? '' : `${units.percent(routing.tuned_share)} met a tuned expert.`}`;
  }
}

async function show() {
  const { path, versions, layers: given, routed: routedText, shared } = heat.dataset;
  const layers = given.split(',').map(Number);
  const routed = Number(routedText);
  const columns = routed + Number(shared);
  const other = document.getElementById('compare').value;
  const [own, theirs, routing] = await Promise.all([
    expertsOf(path),
    other ? expertsOf(versions + other) : null,
    routingOf(path),
  ]);
  const all = cells(layers, columns, own, theirs, routing);
  heat.style.height = `${60 + layers.length * 26}px`;
  draw(heat, () => option(layers, routed, columns, all, routing));
  describe(layers, all, routing);
}

if (heat) {
  document.getElementById('compare').addEventListener('change', () => show());
  show().catch((e) => (said.textContent = e.message));
}
