// The map of slots: a square each, drawn on a canvas since there may be thousands.
import { ink, palette } from './charts.js';

const GAP = 2;

function sizeFor(width, count) {
  for (let size = 18; size > 4; size--) {
    if (Math.ceil(count / Math.floor(width / (size + GAP))) * (size + GAP) <= 260) return size;
  }
  return 4;
}

function striped(context, x, y, size, color, other) {
  context.fillStyle = color;
  context.fillRect(x, y, size, size);
  context.fillStyle = other;
  context.fillRect(x, y + size / 3, size, size / 3);
}

function drawMap() {
  const map = document.getElementById('map');
  if (!map) return;
  const colors = palette();
  const { empty, text } = ink();
  const slots = Number(map.dataset.slots);
  const own = map.dataset.owners ? map.dataset.owners.split(',').map(Number) : [];
  const shared = slots - Number(map.dataset.free) - own.reduce((sum, count) => sum + count, 0);
  const width = map.clientWidth;
  const size = sizeFor(width, slots);
  const columns = Math.floor(width / (size + GAP));
  const height = Math.ceil(slots / columns) * (size + GAP);
  const scale = devicePixelRatio;
  map.width = width * scale;
  map.height = height * scale;
  map.style.height = `${height}px`;
  const context = map.getContext('2d');
  context.scale(scale, scale);
  let slot = 0;
  const next = () => [(slot % columns) * (size + GAP), Math.floor(slot++ / columns) * (size + GAP)];
  own.forEach((count, owner) => {
    for (let i = 0; i < count; i++) {
      const [x, y] = next();
      context.fillStyle = colors[owner % colors.length];
      context.fillRect(x, y, size, size);
    }
  });
  for (let i = 0; i < shared; i++) striped(context, ...next(), size, text, empty);
  while (slot < slots) {
    const [x, y] = next();
    context.fillStyle = empty;
    context.fillRect(x, y, size, size);
  }
  for (const swatch of document.querySelectorAll('.swatch')) {
    swatch.style.backgroundColor = colors[Number(swatch.dataset.color) % colors.length];
  }
}

drawMap();
document.addEventListener('htmx:afterSettle', drawMap);
window.addEventListener('resize', drawMap);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawMap);
