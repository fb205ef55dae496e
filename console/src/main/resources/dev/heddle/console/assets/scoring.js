// Which experts to train: sample data go in, a job scores every expert, a share chooses some.
import { ask, json } from './api.js';
import { draw, ink, palette, units } from './charts.js';
import { fail } from './dialogs.js';
import { element, refusal, takeFile, tile } from './parts.js';

const API = '/api/v1/scorings';
const EVERY_MS = 700;
const MEASURES = { token: 'Token selection ratio', gate: 'Average gate score' };
const USUAL = { token: 0.2, gate: 0.1 };

const report = document.getElementById('scoring-report');

async function begin(file) {
  report.replaceChildren(element('p', `Reading ${file.name}\u2026`, 'quiet'));
  try {
    const job = await json('POST', API, file, { 'Content-Type': 'application/jsonl' });
    const here = new URL(location);
    here.searchParams.set('job', job.id);
    location.assign(here);
  } catch (e) {
    report.replaceChildren(...refusal(e));
  }
}

takeFile(document.getElementById('scoring-drop'), document.getElementById('scoring-file'), begin);

// ---- a job on its way

const progress = document.getElementById('scoring-progress');
const said = document.getElementById('scoring-said');
const cancel = document.getElementById('scoring-cancel');

const ends = {
  FAILED: (job) => `It failed: ${job.error}.`,
  CANCELLED: (job) => `It was cancelled after ${job.samples_done} of ${job.samples} samples.`,
  DONE: (job) => `${units.number(job.tokens)} tokens of ${job.samples_done} samples.`
    + (job.samples_cut ? ` ${job.samples_cut} were longer than a sample may be, and cut.` : ''),
};

function tell(job) {
  progress.max = job.samples;
  progress.value = job.samples_done;
  const end = ends[job.state];
  said.textContent = end?.(job)
    ?? (job.state === 'QUEUED' ? 'It waits for others.' : `${job.samples_done} of ${job.samples} samples, ${units.number(job.tokens)} tokens.`);
  cancel.hidden = Boolean(end);
  progress.hidden = Boolean(end);
}

async function follow(path) {
  for (;;) {
    const job = await json('GET', path);
    tell(job);
    if (job.state === 'DONE') return job;
    if (ends[job.state]) return null;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

// ---- what came of it

const form = document.getElementById('choice');
const tiles = document.getElementById('choice-tiles');
const chosenSaid = document.getElementById('choice-said');

function option(layers, measure, chosen) {
  const [teal, amber] = palette();
  const { empty, card } = ink();
  const cells = layers.flatMap((layer, y) =>
    layer[measure].map((score, x) => ({ x, y, layer: layer.layer, score, taken: Boolean(chosen?.[layer.layer]?.includes(x)) })))
    .sort((a, b) => a.taken - b.taken); // the frames are drawn last
  return {
    grid: { left: 14, right: 8, top: 6, bottom: 4, containLabel: true },
    tooltip: {
      formatter: ({ data: { cell } }) =>
        `layer ${cell.layer}, expert ${cell.x}\n${Number((100 * cell.score).toPrecision(3))} %${cell.taken ? ', chosen' : ''}`,
    },
    xAxis: { type: 'category', data: layers[0][measure].map((_, x) => `${x}`), splitLine: { show: false } },
    yAxis: { type: 'category', data: layers.map(({ layer }) => `layer ${layer}`), inverse: true },
    visualMap: { show: false, min: 0, max: Math.max(1e-9, ...cells.map(({ score }) => score)), inRange: { color: [empty, teal] } },
    series: [{
      type: 'heatmap',
      data: cells.map((cell) => ({
        value: [cell.x, cell.y, cell.score],
        cell,
        itemStyle: { borderColor: cell.taken ? amber : card, borderWidth: cell.taken ? 2.5 : 1.5, borderRadius: 3 },
      })),
    }],
  };
}

function paint(job, measure, chosen) {
  for (const each of Object.keys(MEASURES)) {
    const box = document.getElementById(`heat-${each}`);
    box.style.height = `${40 + job.layers.length * 26}px`;
    draw(box, () => option(job.layers, each, each === measure ? chosen : null));
    box.setAttribute('aria-label', `${MEASURES[each]} of each expert, by layer`);
  }
}

function describe(job, measure, p, chosen, cost) {
  const counts = job.layers.map(({ layer }) => `${layer}: ${chosen[layer].length}`);
  const below = job.layers
    .filter((layer) => chosen[layer.layer].reduce((sum, expert) => sum + layer[measure][expert], 0) < p - 1e-9)
    .map(({ layer }) => layer);
  const all = job.layers.length * job.layers[0][measure].length;
  tiles.replaceChildren(
    tile('Experts', `${cost.slots}`, `of ${all}: ${units.percent(cost.slots / all)}`),
    tile('Slots', `${cost.slots}`, `${cost.slots_free} of ${cost.slots_total} are free`),
    tile('Bytes', units.bytes(cost.bytes), 'of an adapter that tunes them'),
    tile('Merged', units.bytes(cost.merged_bytes), 'a model of its own'),
  );
  chosenSaid.textContent = `Chosen by layer: ${counts.join(' \u00b7 ')}.`
    + (below.length ? ` In ${below.length === 1 ? 'layer' : 'layers'} ${below.join(', ')} all experts that a token was sent to stay below ${p} together.` : '');
}

/** The latest choice alone counts: an earlier answer may come later. */
let latest = 0;
let chosenFile = null;

async function choose(job, path) {
  const turn = ++latest;
  const measure = form.elements.score.value;
  const p = form.elements.p.valueAsNumber;
  if (!(p > 0 && p <= 1)) return;
  try {
    const text = await (await ask('GET', `${path}/expert-cfg?score=${measure}&p=${p}`)).text();
    const cost = await json('POST', '/api/v1/capacity:preview', text, { 'Content-Type': 'application/json' });
    if (turn !== latest) return;
    chosenFile = text;
    const chosen = JSON.parse(text).experts;
    paint(job, measure, chosen);
    describe(job, measure, p, chosen, cost);
  } catch (e) {
    fail(e);
  }
}

function download() {
  const link = element('a');
  link.href = URL.createObjectURL(new Blob([chosenFile], { type: 'application/json' }));
  link.download = 'expert_cfg.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function offer(job, path) {
  const { score, p, slider } = form.elements;
  const again = () => choose(job, path);
  const set = (value) => {
    p.value = value;
    slider.value = value;
  };
  score.addEventListener('change', () => {
    set(USUAL[score.value]);
    again();
  });
  slider.addEventListener('input', () => (p.value = slider.value));
  slider.addEventListener('change', again);
  p.addEventListener('change', () => {
    slider.value = p.value;
    again();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (chosenFile) download();
  });
  document.getElementById('scoring-result').hidden = false;
  again();
}

async function show({ path }) {
  const job = await follow(path);
  if (job) offer(job, path);
}

const shown = document.getElementById('scoring');
if (shown) show(shown.dataset).catch(fail);
