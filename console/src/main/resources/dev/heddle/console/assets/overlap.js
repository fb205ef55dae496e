// How many experts this version has in common with the other adapters, and these with each other.
import { json } from './api.js';
import { draw, ink, palette } from './charts.js';

const box = document.getElementById('overlap');
const said = document.getElementById('overlap-said');

const experts = (count) => (count === 1 ? 'one expert' : `${count} experts`);

function option(versions, shared) {
  const { empty, card, text } = ink();
  const [teal] = palette();
  const most = Math.max(1, ...shared.flatMap((row, y) => row.filter((_, x) => x !== y)));
  const axis = { type: 'category', data: versions, splitLine: { show: false } };
  return {
    grid: { left: 8, right: 12, top: 8, bottom: 8, containLabel: true },
    tooltip: {
      formatter: ({ data: { value: [x, y, count] } }) =>
        (x === y ? `${versions[x]} has ${experts(count)}` : `${versions[y]} and ${versions[x]}\n${count ? experts(count) : 'nothing'} in common`),
    },
    xAxis: { ...axis, axisLabel: { rotate: versions.length > 4 ? 40 : 0, interval: 0 } },
    yAxis: { ...axis, inverse: true, axisLabel: { interval: 0 } },
    visualMap: { show: false, min: 0, max: most, dimension: 2, inRange: { color: [empty, teal] } },
    series: [{
      type: 'heatmap',
      itemStyle: { borderColor: card, borderWidth: 2, borderRadius: 3 },
      label: { show: true, color: text, formatter: ({ data: { value } }) => (value[2] ? `${value[2]}` : '') },
      data: shared.flatMap((row, y) => row.map((count, x) => ({
        value: [x, y, count],
        ...(x === y ? { itemStyle: { color: card, borderColor: empty } } : {}),
        ...(x !== y && count > most * 0.55 ? { label: { color: card } } : {}),
      }))),
    }],
  };
}

async function show() {
  const { versions, shared } = await json('GET', box.dataset.path);
  if (versions.length === 1) {
    said.textContent = 'No other adapter has an expert of this one. What is in common would be stored once and take one slot.';
    box.hidden = true;
    return;
  }
  const [own, ...others] = shared[0];
  const best = others.indexOf(Math.max(...others));
  said.textContent = `${versions[best + 1]} shares most: ${others[best]} of ${experts(own)}. What is in common is stored once and takes one slot.`;
  box.setAttribute('aria-label', said.textContent);
  box.style.height = `${70 + versions.length * 32}px`;
  draw(box, () => option(versions, shared));
}

if (box) show().catch((e) => (said.textContent = e.message));
