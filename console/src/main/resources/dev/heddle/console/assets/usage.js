// What a tenant used, by day and model, and as a table to take along.
import { ask, json } from './api.js';
import { draw, units } from './charts.js';
import { fail } from './dialogs.js';

const DAYS = 30;
const chart = document.getElementById('usage');
const ofTenant = chart.dataset.tenant ? `&tenant=${chart.dataset.tenant}` : '';

async function lines() {
  const all = [];
  let after = '';
  do {
    const page = await json('GET', `/api/v1/usage?group=day&limit=1000${ofTenant}${after}`);
    all.push(...page.items);
    after = page.next ? `&after=${encodeURIComponent(page.next)}` : '';
  } while (after && all.length < 5000);
  return all;
}

async function show() {
  const used = await lines();
  document.getElementById('usage-none').hidden = used.length > 0;
  chart.parentElement.hidden = used.length === 0;
  if (used.length === 0) return;
  const today = Math.floor(Date.now() / 86_400_000);
  const days = Array.from({ length: DAYS }, (_, i) => new Date((today - DAYS + 1 + i) * 86_400_000).toISOString().slice(0, 10));
  const models = [...new Set(used.map(({ model }) => model))];
  const of = (model, day) => used
    .filter((line) => line.model === model && line.period.startsWith(day))
    .reduce((sum, line) => sum + line.completion_tokens, 0);
  draw(chart, () => ({
    grid: { left: 8, right: 8, top: 32, bottom: 4, containLabel: true },
    legend: { type: 'scroll' },
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
    xAxis: { type: 'category', data: days },
    yAxis: { type: 'value', axisLabel: { formatter: units.number }, splitNumber: 3 },
    series: models.map((model) => ({ name: model, type: 'bar', stack: 'all', barMaxWidth: 22, data: days.map((day) => of(model, day)) })),
  }));
}

document.getElementById('csv').addEventListener('click', async (event) => {
  try {
    const response = await ask('GET', `/api/v1/usage?group=day${ofTenant}`, undefined, { Accept: 'text/csv' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await response.blob());
    link.download = `usage-${event.target.dataset.tenant}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  } catch (e) {
    fail(e);
  }
});

show().catch(fail);
