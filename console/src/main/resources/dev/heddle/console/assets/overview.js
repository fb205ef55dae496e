// The charts of the overview.
import { json } from './api.js';
import { lines, units } from './charts.js';

const chart = (id) => document.getElementById(`chart-${id}`);
const span = document.getElementById('span');
const EVERY = 5000;

async function show() {
  const series = await json('GET', `/api/v1/timeseries?minutes=${span.value}`);
  const { times } = series;
  const minutes = Number(span.value);
  lines(chart('tokens'), times, [
    { name: 'generated', values: series.decode_tokens_per_second, area: true },
    { name: 'prompt', values: series.prefill_tokens_per_second },
  ], units.number, { minutes });
  lines(chart('ttft'), times, [
    { name: 'median', values: series.ttft_p50_seconds },
    { name: '95 of 100', values: series.ttft_p95_seconds },
  ], units.seconds, { minutes });
  lines(chart('tpot'), times, [
    { name: 'median', values: series.tpot_p50_seconds },
    { name: '95 of 100', values: series.tpot_p95_seconds },
  ], units.seconds, { minutes });
  lines(chart('load'), times, [
    { name: 'running', values: series.running, area: true },
    { name: 'waiting', values: series.waiting },
  ], units.number, { minutes });
  const slots = Number(chart('memory').dataset.slots);
  lines(chart('memory'), times, [
    { name: 'KV blocks', values: series.kv_used, area: true },
    { name: 'slots', values: series.slots_used.map((used) => (used == null ? null : used / slots)) },
  ], units.percent, { minutes, max: 1 });
  lines(chart('answers'), times, [
    { name: 'answers', values: series.answers_per_minute },
    { name: 'errors', values: series.errors_per_minute },
    { name: 'refused by a limit', values: series.quota_refusals_per_minute },
  ], units.number, { minutes });
  refusals(series);
}

function refusals(series) {
  const item = document.getElementById('quota-refusals');
  const count = series.quota_refusals_per_minute
    .reduce((sum, value) => sum + ((value ?? 0) * series.step_seconds) / 60, 0);
  if (!item || count < 0.5) return;
  item.textContent = `${Math.round(count)} requests were refused by a tenant\u2019s limit in this span. `
    + 'The audit trail and the tenants\u2019 pages say whose limits are low.';
  item.hidden = false;
  item.parentElement.querySelector('.fine')?.remove();
}

async function keepShowing() {
  if (document.visibilityState === 'visible') {
    await show().catch(() => {}); // the next look tells again
  }
  setTimeout(keepShowing, EVERY);
}

if (span) {
  span.addEventListener('change', () => show());
  keepShowing();
}
