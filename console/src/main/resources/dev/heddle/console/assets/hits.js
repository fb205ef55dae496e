// Which of an answer's tokens were sent to tuned experts of the version that answered, by layer.
import { json } from './api.js';
import { draw, ink, palette, units } from './charts.js';
import { element } from './parts.js';

function option(layers, topK, rows, texts) {
  const { empty, card } = ink();
  const [teal] = palette();
  return {
    grid: { left: 8, right: 8, top: 8, bottom: 4, containLabel: true },
    tooltip: {
      formatter: ({ data: { value: [x, y, hits] } }) => `${JSON.stringify(texts[x])}, layer ${layers[y]}\n${hits} of ${topK} experts are tuned`,
    },
    xAxis: { type: 'category', data: texts.map((_, i) => `${i + 1}`), splitLine: { show: false } },
    yAxis: { type: 'category', data: layers.map((layer) => `${layer}`), inverse: true, splitLine: { show: false } },
    visualMap: { show: false, min: 0, max: topK, dimension: 2, inRange: { color: [empty, teal] } },
    series: [{
      type: 'heatmap',
      itemStyle: { borderColor: card, borderWidth: rows.length > 60 ? 0 : 1 },
      data: rows.flatMap((row, x) => row.map((hits, y) => [x, y, hits])).map((value) => ({ value })),
    }],
  };
}

/**
 * Adds the picture to an answer's card. `spans` are the answer's tokens on the page; the last token
 * was never computed, so it has been nowhere.
 */
export async function showHits(box, version, prompt, answer, spans) {
  const [name, number] = version.split('@');
  const ids = [...prompt, ...answer.slice(0, -1)];
  const { top_k: topK, layers, hits } = await json('POST', `/api/v1/adapters/${name}/versions/${number}:trace`, { token_ids: ids });
  const rows = hits.slice(prompt.length);
  if (rows.length === 0) return;
  const all = rows.flat().reduce((sum, count) => sum + count, 0);
  const aligned = spans.length === answer.length;
  rows.forEach((row, i) => {
    const met = layers.filter((_, y) => row[y] > 0);
    if (aligned) spans[i].title += `\ntuned experts in ${met.length ? `layer ${met.join(', ')}` : 'no layer'}`;
  });
  const figure = element('figure', '', 'hits');
  const chart = element('div', '', 'chart');
  chart.setAttribute('role', 'img');
  const said = `${units.percent(all / (rows.length * layers.length * topK))} of its picks met a tuned expert of ${version}`;
  chart.setAttribute('aria-label', `${said}, by token and layer`);
  figure.append(element('figcaption', `${said}: by token, left to right, and by layer`), chart);
  box.append(figure);
  chart.style.height = `${30 + layers.length * 14}px`;
  const texts = rows.map((_, i) => (aligned ? spans[i].textContent : ''));
  draw(chart, () => option(layers, topK, rows, texts));
}
