// Charts in the page's colours. Tooltips are drawn on the canvas: as HTML they would need styles
// that the content security policy forbids.

const dark = matchMedia('(prefers-color-scheme: dark)');
const made = new Map();

/** The series' colours: apart in both themes, and for most who see colours otherwise. */
export const palette = () =>
  dark.matches
    ? ['#2dd4bf', '#fbbf24', '#93c5fd', '#f9a8d4', '#c4b5fd', '#a3e635', '#fdba74', '#67e8f9']
    : ['#0f766e', '#b45309', '#1d4ed8', '#be185d', '#6d28d9', '#4d7c0f', '#c2410c', '#0e7490'];

export const ink = () =>
  dark.matches
    ? { text: '#cbd5e1', line: '#334155', card: '#1e2530', empty: '#28303d' }
    : { text: '#475569', line: '#e2e8f0', card: '#ffffff', empty: '#eef2f6' };

/** Draws `options()` in an element, and again when the theme or the size changes. */
export function draw(element, options) {
  let entry = made.get(element);
  if (!entry) {
    entry = { chart: echarts.init(element, null, { renderer: 'canvas' }) };
    made.set(element, entry);
    new ResizeObserver(() => entry.chart.resize()).observe(element);
  }
  entry.options = options;
  entry.chart.setOption(dressed(options()), { notMerge: entry.theme !== dark.matches });
  entry.theme = dark.matches;
  return entry.chart;
}

/** Forgets what was drawn in an element that leaves the page. */
export function undraw(element) {
  made.get(element)?.chart.dispose();
  made.delete(element);
}

dark.addEventListener('change', () => {
  for (const [element, entry] of made) draw(element, entry.options);
});

function dressed(options) {
  const { text, line, card } = ink();
  const axis = (given) => ({
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: { color: text, hideOverlap: true, ...given?.axisLabel },
    splitLine: { show: given?.type === 'value', lineStyle: { color: line } },
    nameTextStyle: { color: text },
    ...without(given, 'axisLabel'),
  });
  return {
    animation: false,
    color: palette(),
    textStyle: { color: text, fontFamily: 'system-ui, sans-serif' },
    ...options,
    tooltip: {
      renderMode: 'richText',
      confine: true,
      backgroundColor: card,
      borderColor: line,
      textStyle: { color: text, fontSize: 12 },
      ...options.tooltip,
    },
    legend: options.legend && { textStyle: { color: text }, icon: 'roundRect', itemHeight: 3, itemWidth: 14, top: 0, ...options.legend },
    xAxis: options.xAxis && axis(options.xAxis),
    yAxis: options.yAxis && axis(options.yAxis),
  };
}

function without(object, key) {
  const copy = { ...object };
  delete copy[key];
  return copy;
}

/** Lines over time. */
export function lines(element, times, series, unit, { max, minutes } = {}) {
  const at = times.map((time) => new Date(time).getTime());
  const end = at.at(-1);
  draw(element, () => ({
    grid: { left: 8, right: 12, top: 30, bottom: 4, containLabel: true },
    legend: {},
    tooltip: { trigger: 'axis', valueFormatter: (value) => (value == null ? '\u2013' : unit(value)) },
    xAxis: { type: 'time', min: end && minutes ? end - minutes * 60_000 : undefined, max: end, splitNumber: 4, minInterval: minutes ? minutes * 12_000 : 0, axisLabel: { formatter: '{HH}:{mm}' } },
    yAxis: { type: 'value', min: 0, max, interval: max ? max / 4 : undefined, minInterval: unit === units.number ? 1 : 0, axisLabel: { formatter: unit }, splitNumber: 3 },
    series: series.map(({ name, values, area }) => ({
      name,
      type: 'line',
      showSymbol: values.filter((value) => value != null).length < 40, // a lone value has no line
      symbolSize: 4,
      lineStyle: { width: 1.8 },
      areaStyle: area ? { opacity: 0.12 } : undefined,
      data: at.map((time, i) => [time, values[i]]),
    })),
  }));
}

export const units = {
  number: (value) => new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 }).format(value),
  seconds: (value) => (value < 1 ? `${Number((value * 1000).toPrecision(3))} ms` : `${Number(value.toPrecision(3))} s`),
  percent: (value) => `${Math.round(value * 100)} %`,
  bytes: (value) => {
    const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
    let unit = 0;
    for (; value >= 1024 && unit < names.length - 1; unit++) value /= 1024;
    return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${names[unit]}`;
  },
};
