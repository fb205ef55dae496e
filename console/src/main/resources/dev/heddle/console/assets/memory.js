// The map of slots: a square each, drawn on a canvas since there may be thousands. Coloured by the
// adapter that uses it or by the layer it is used in; squares with a stripe are used by several.
import { json } from './api.js';
import { ink, palette } from './charts.js';
import { element } from './parts.js';

const GAP = 2;
const map = document.getElementById('map');
const by = document.getElementById('map-by');
let slots = null;
let grid = null;

const dark = matchMedia('(prefers-color-scheme: dark)');
const layerColor = (place, count) => `hsl(${Math.round((300 * place) / Math.max(1, count))} 60% ${dark.matches ? 62 : 42}%)`;
const layers = () => [...new Set(slots.uses.map(({ layer }) => layer))].sort((a, b) => a - b);

/** The same colour for an adapter whoever comes and goes in the table. */
function adapterColor(digest) {
  const colors = palette();
  const place = [...slots.adapters].sort().indexOf(digest);
  return place < 0 ? ink().empty : colors[place % colors.length];
}

/** An adapter as the table calls it. */
const nameOf = (digest) =>
  document.querySelector(`.swatch[data-adapter="${digest}"]`)?.closest('tr').querySelector('th').textContent.trim() || digest.slice(0, 15);

function sizeFor(width, count) {
  for (let size = 18; size > 4; size--) {
    if (Math.ceil(count / Math.floor(width / (size + GAP))) * (size + GAP) <= 260) return size;
  }
  return 4;
}

function measure() {
  const size = sizeFor(map.clientWidth, slots.slots);
  const columns = Math.max(1, Math.floor(map.clientWidth / (size + GAP)));
  grid = { size, columns, step: size + GAP };
  const height = Math.ceil(slots.slots / columns) * grid.step;
  map.width = map.clientWidth * devicePixelRatio;
  map.height = height * devicePixelRatio;
  map.style.height = `${height}px`;
  const context = map.getContext('2d');
  context.scale(devicePixelRatio, devicePixelRatio);
  return context;
}

function draw() {
  if (!slots) return;
  const context = measure();
  const { empty, card } = ink();
  const { size, columns, step } = grid;
  const used = new Map(slots.uses.map((use) => [use.slot, use]));
  const order = layers();
  for (let slot = 0; slot < slots.slots; slot++) {
    const use = used.get(slot);
    const [x, y] = [(slot % columns) * step, Math.floor(slot / columns) * step];
    context.fillStyle = !use
      ? empty
      : by.value === 'layer'
        ? layerColor(order.indexOf(use.layer), order.length)
        : adapterColor(slots.adapters[use.adapters[0]]);
    context.fillRect(x, y, size, size);
    if (use?.adapters.length > 1) {
      context.fillStyle = by.value === 'layer' ? card : adapterColor(slots.adapters[use.adapters[1]]);
      context.fillRect(x, y + size / 3, size, size / 3);
    }
  }
  legend(order);
  swatches();
}

function legend(order) {
  const entries = by.value === 'layer'
    ? order.map((layer, i) => [`layer ${layer}`, layerColor(i, order.length)])
    : [...slots.adapters].sort().map((digest) => [nameOf(digest), adapterColor(digest)]);
  document.getElementById('map-legend').replaceChildren(...entries.map(([text, color]) => {
    const item = element('li');
    const swatch = element('span', '', 'swatch');
    swatch.style.backgroundColor = color;
    item.append(swatch, ` ${text}`);
    return item;
  }));
  const shared = slots.uses.filter(({ adapters }) => adapters.length > 1).length;
  document.getElementById('map-said').textContent =
    `Each square is a slot: ${slots.uses.length} in use, ${shared} of them by several adapters (striped), ${slots.slots - slots.uses.length} free.`;
}

function swatches() {
  for (const swatch of document.querySelectorAll('.swatch[data-adapter]')) {
    swatch.style.backgroundColor = adapterColor(swatch.dataset.adapter);
  }
}

/** What the slot under the pointer holds. */
function point({ offsetX, offsetY }) {
  if (!slots || !grid) return;
  const slot = Math.floor(offsetY / grid.step) * grid.columns + Math.floor(offsetX / grid.step);
  const use = slots.uses.find((each) => each.slot === slot);
  map.title = use
    ? `layer ${use.layer}, expert ${use.column}: ${use.adapters.map((i) => nameOf(slots.adapters[i])).join(', ')}`
    : '';
}

async function refresh() {
  slots = await json('GET', '/api/v1/residency/slots');
  draw();
}

if (map) {
  by.addEventListener('change', draw);
  map.addEventListener('pointermove', point);
  document.addEventListener('htmx:afterSettle', () => refresh().catch(swatches));
  window.addEventListener('resize', draw);
  dark.addEventListener('change', draw);
  refresh().catch((e) => (document.getElementById('map-said').textContent = e.message));
}
