// The adapter's page: its forms, its weights, its proof, its snippets.
import { json } from './api.js';
import { palette } from './charts.js';
import { fail } from './dialogs.js';

const again = (text) => {
  sessionStorage.setItem('said', text);
  location.reload();
};

/** `a=b, c=d` as an object; labels that are gone become null. */
function labels(text, before) {
  const pairs = text.split(',').map((pair) => pair.trim()).filter(Boolean).map((pair) => {
    const end = pair.indexOf('=');
    if (end < 1) throw new Error(`Labels are written KEY=VALUE; "${pair}" is not.`);
    return [pair.slice(0, end).trim(), pair.slice(end + 1).trim()];
  });
  const gone = before.split(',').map((pair) => pair.split('=')[0].trim()).filter(Boolean);
  return { ...Object.fromEntries(gone.map((key) => [key, null])), ...Object.fromEntries(pairs) };
}

const forms = {
  async adapter(form) {
    const { description, visibility, labels: given } = form.elements;
    await json('PATCH', form.dataset.path, {
      description: description.value,
      visibility: visibility.value,
      labels: labels(given.value, given.defaultValue),
    });
    again('Saved.');
  },
  async grant(form) {
    const tenant = form.elements.tenant.value;
    await json('PUT', form.dataset.path + tenant);
    again(`${tenant} may call it, if there is a tenant of that name: mind the spelling.`);
  },
};

for (const form of document.querySelectorAll('[data-form]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    forms[form.dataset.form](form).catch(fail);
  });
}

const prove = document.querySelector('[data-prove]');
prove?.addEventListener('click', async () => {
  prove.setAttribute('aria-busy', 'true');
  try {
    const proof = await json('POST', prove.dataset.path);
    again(proof.passed
      ? `It answers all ${proof.cases} golden prompts as it should.`
      : `${proof.violations.length} of ${proof.cases} golden prompts are answered otherwise.`);
  } catch (e) {
    fail(e.status === 404 ? new Error('It came without golden prompts. Put a golden.json beside expert_cfg.json to have its answers checked.') : e);
  } finally {
    prove.removeAttribute('aria-busy');
  }
});

const weights = document.getElementById('weights-form');
if (weights) {
  const sliders = [...weights.querySelectorAll('input[type=range]')];
  const preview = () => {
    const sum = sliders.reduce((all, slider) => all + Number(slider.value), 0);
    const colors = palette();
    document.getElementById('split').replaceChildren(...sliders.map((slider, i) => {
      const share = sum ? Number(slider.value) / sum : 0;
      slider.nextElementSibling.textContent = `${Math.round(share * 100)} %`;
      const part = document.createElement('span');
      part.style.flexGrow = share;
      part.style.backgroundColor = colors[i % colors.length];
      return part;
    }));
  };
  sliders.forEach((slider) => slider.addEventListener('input', preview));
  preview();
  weights.addEventListener('submit', async (event) => {
    event.preventDefault();
    const targets = sliders.filter((slider) => Number(slider.value) > 0)
      .map((slider) => ({ version: slider.name, weight: Number(slider.value) }));
    if (targets.length === 0) return fail(new Error('At least one version needs a weight. Unpublish to have the name mean nothing.'));
    try {
      await json('PUT', weights.dataset.path, { targets });
      again('The weights hold from the next request on.');
    } catch (e) {
      fail(e);
    }
  });
}

const tabs = [...document.querySelectorAll('[role=tab]')];
const select = (tab) => {
  for (const each of tabs) {
    const on = each === tab;
    each.setAttribute('aria-selected', on);
    each.tabIndex = on ? 0 : -1;
    document.getElementById(each.getAttribute('aria-controls')).hidden = !on;
  }
  document.getElementById('snippet-copy').dataset.copy =
    tab.getAttribute('aria-controls').replace('snippet-', 'snippet-text-');
};
tabs.forEach((tab, i) => {
  tab.addEventListener('click', () => select(tab));
  tab.addEventListener('keydown', ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step) {
      const next = tabs[(i + step + tabs.length) % tabs.length];
      select(next);
      next.focus();
    }
  });
});
