// What an adapter would cost, from its expert_cfg.json alone.
import { json } from './api.js';
import { units } from './charts.js';
import { element, refusal, takeFile, tile } from './parts.js';

const out = document.getElementById('preview');

function show(cost) {
  const tiles = element('div', '', 'tiles');
  const { adapters, slots, leaving } = cost.evictions;
  tiles.append(
    tile('Slots', units.number(cost.slots), `${cost.slots_free} of ${cost.slots_total} are free`),
    tile('Experts', units.bytes(cost.bytes), 'in the slots, as if none were shared'),
    tile('Merged', units.bytes(cost.merged_bytes), `a model of its own: ${units.number(cost.merged_ratio)} times as much`),
    tile('Would leave', units.number(adapters), adapters ? `adapters, ${slots} slots` : 'nobody has to'),
  );
  const text = !cost.fits
    ? 'It does not fit beside what is pinned: unpin a version, or give the server more memory.'
    : cost.at_once
      ? 'It would be resident at once.'
      : 'It would wait for answers to end.';
  const lines = [tiles, element('p', text, cost.fits ? 'proved' : 'wrong')];
  const names = leaving.flatMap(({ versions }) => versions.map(({ version }) => version));
  if (names.length > 0) lines.push(element('p', `First to leave: ${names.join(', ')}.`, 'quiet'));
  lines.push(element('p', 'Experts by layer: ' + cost.layers
    .map(({ layer, routed, shared }) => `${layer}: ${routed}${shared ? ` and ${shared} shared` : ''}`).join(' \u00b7 '), 'quiet'));
  out.replaceChildren(...lines);
}

async function take(file) {
  try {
    show(await json('POST', '/api/v1/capacity:preview', await file.text(), { 'Content-Type': 'application/json' }));
  } catch (e) {
    out.replaceChildren(...refusal(e));
  }
}

takeFile(document.getElementById('preview-drop'), document.getElementById('preview-file'), take);
