// The playground: the same request to each model at once, what comes back token by token.
import { ask } from './api.js';
import { undraw, units } from './charts.js';
import { fail } from './dialogs.js';
import { showHits } from './hits.js';
import { events } from './stream.js';

const MODELS_MAX = 4;
const form = document.getElementById('ask');
const stop = document.getElementById('stop');
const answers = document.getElementById('answers');
let controller = null;

function request(model, fields) {
  const chat = fields.as.value === 'chat';
  const logprobs = fields.logprobs.checked;
  return {
    path: chat ? '/v1/chat/completions' : '/v1/completions',
    body: {
      model,
      stream: true,
      stream_options: { include_usage: true },
      return_token_ids: true,
      max_tokens: fields.max_tokens.valueAsNumber,
      temperature: fields.temperature.valueAsNumber,
      top_p: fields.top_p.valueAsNumber,
      ...(Number.isNaN(fields.seed.valueAsNumber) ? {} : { seed: fields.seed.valueAsNumber }),
      ...(chat
        ? { messages: [{ role: 'user', content: fields.prompt.value }], ...(logprobs ? { logprobs: true } : {}) }
        : { prompt: fields.prompt.value, ...(logprobs ? { logprobs: 0 } : {}) }),
    },
  };
}

/** `[text, logprob]` of each token in an event; one pair without a logprob where none are told. */
function tokens(choice) {
  const text = choice.delta?.content ?? choice.text ?? '';
  const chat = choice.logprobs?.content;
  // An end of sequence has a probability and is no part of the text.
  const special = (token) => /^<\|.*\|>$/.test(token) && !text.includes(token);
  if (chat?.length) return chat.map(({ token, logprob }) => [token, logprob, special(token)]);
  const raw = choice.logprobs;
  if (raw?.tokens?.length) return raw.tokens.map((token, i) => [token, raw.token_logprobs[i], special(token)]);
  return text ? [[text, null]] : [];
}

function card(model) {
  const box = document.createElement('article');
  const title = document.createElement('h2');
  const text = document.createElement('p');
  const times = document.createElement('p');
  title.textContent = model;
  text.className = 'answer';
  text.setAttribute('aria-busy', 'true');
  times.className = 'quiet';
  times.textContent = 'waits';
  box.append(title, text, times);
  answers.append(box);
  return { box, text, times };
}

function append(text, [token, logprob, special]) {
  const span = document.createElement('span');
  span.textContent = token;
  if (special) {
    span.className = 'special';
    text.append(span);
    return span;
  }
  if (logprob != null) {
    const probability = Math.exp(logprob);
    span.className = `sure${Math.min(4, Math.floor(probability * 5))}`;
    span.title = `${(probability * 100).toFixed(1)} %, logprob ${logprob.toFixed(3)}`;
  }
  text.append(span);
  return span;
}

/** Whether the viewer may see which experts a version tunes: it is the viewer's tenant's own. */
const isOwn = (version) => form.dataset.manages === 'true' && /^[^/@]+@\d+$/.test(version ?? '');

async function one(model, signal) {
  const { text, times, box } = card(model);
  const begun = performance.now();
  let first = null;
  let count = 0;
  let usage = null;
  let finish = null;
  let prompt = [];
  const ids = [];
  const spans = [];
  const tell = () => {
    const seconds = (performance.now() - begun) / 1000;
    const rest = first == null ? 0 : seconds - first;
    const generated = usage?.completion_tokens ?? count;
    const parts = first == null ? ['waits'] : [`${generated} tokens`, `TTFT ${units.seconds(first)}`];
    if (generated > 1 && rest > 0) parts.push(`TPOT ${units.seconds(rest / (generated - 1))}`);
    if (usage) parts.push(`prompt ${usage.prompt_tokens} tokens`);
    if (finish) parts.push(finish === 'length' ? 'cut at the most tokens' : 'ended by itself');
    times.textContent = parts.join(' \u00b7 ');
  };
  try {
    const { path, body } = request(model, form.elements);
    const response = await ask('POST', path, body, {}, signal);
    const version = response.headers.get('x-heddle-version');
    if (version && version !== model) box.querySelector('h2').textContent = `${model} (${version})`;
    for await (const event of events(response)) {
      if (event.error) throw new Error(event.error.message);
      usage = event.usage ?? usage;
      prompt = event.prompt_token_ids ?? event.choices?.[0]?.prompt_token_ids ?? prompt;
      for (const choice of event.choices ?? []) {
        finish = choice.finish_reason ?? finish;
        ids.push(...(choice.token_ids ?? []));
        for (const token of tokens(choice)) {
          first ??= (performance.now() - begun) / 1000;
          count++;
          spans.push(append(text, token));
        }
      }
      tell();
    }
    if (isOwn(version)) await showHits(box, version, prompt, ids, spans).catch(fail);
  } catch (e) {
    if (e.name === 'AbortError') {
      times.textContent += ' \u00b7 stopped';
    } else {
      const line = document.createElement('p');
      line.className = 'wrong';
      line.setAttribute('role', 'alert');
      line.textContent = e.message;
      text.replaceWith(line);
      times.textContent = '';
    }
  } finally {
    text.removeAttribute('aria-busy');
  }
}

form.addEventListener('change', (event) => {
  const chosen = [...form.elements.model].filter((box) => box.checked);
  if (event.target.name === 'model' && chosen.length > MODELS_MAX) {
    event.target.checked = false;
    fail(new Error(`${MODELS_MAX} models fit side by side. Take one off first.`));
  }
});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const boxes = form.elements.model.length ? [...form.elements.model] : [form.elements.model];
  const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
  if (chosen.length === 0) return fail(new Error('Choose a model.'));
  controller?.abort();
  controller = new AbortController();
  answers.querySelectorAll('.hits .chart').forEach(undraw);
  answers.replaceChildren();
  stop.disabled = false;
  await Promise.all(chosen.map((model) => one(model, controller.signal)));
  stop.disabled = true;
});

stop.addEventListener('click', () => controller?.abort());
