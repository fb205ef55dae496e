// Forms about tenants and keys.
import { json } from './api.js';
import { fail } from './dialogs.js';

const LIMITS = ['requests_per_minute', 'tokens_per_minute', 'concurrent_sequences', 'stored_bytes', 'resident_slots'];

const again = (text) => {
  sessionStorage.setItem('said', text);
  location.reload();
};

const forms = {
  async tenant({ elements: { name, weight } }) {
    await json('POST', '/api/v1/tenants', { name: name.value, weight: weight.valueAsNumber });
    sessionStorage.setItem('said', `${name.value} is there. Make its first key, with the scope adapters, for who manages it.`);
    location.assign(`/console/tenants/${name.value}`);
  },
  async limits(form) {
    const limits = Object.fromEntries(LIMITS.map((name) => {
      const { value } = form.elements[name];
      return [name, value === '' ? null : Number(value)];
    }));
    const { path, revision } = form.dataset;
    await json('PATCH', path, { weight: form.elements.weight.valueAsNumber, limits }, { 'If-Match': `"${revision}"` });
    again('The limits hold from the next request on.');
  },
  async key(form) {
    const { label, days } = form.elements;
    const scopes = [...form.elements.scope].filter((box) => box.checked).map((box) => box.value);
    const end = days.value && new Date(Date.now() + Number(days.value) * 86_400_000).toISOString();
    const made = await json('POST', '/api/v1/keys', { label: label.value, scopes, ...(end ? { expires_at: end } : {}) });
    form.hidden = true;
    document.getElementById('made').hidden = false;
    const field = document.getElementById('made-key');
    field.value = made.key;
    field.select();
  },
};

for (const form of document.querySelectorAll('[data-form]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    forms[form.dataset.form](form).catch(fail);
  });
}

const dialog = document.getElementById('new-key');
document.getElementById('made-done')?.addEventListener('click', () => dialog.close());
dialog?.addEventListener('close', () => {
  const field = document.getElementById('made-key');
  if (field.value) {
    field.value = '';
    again('The key is made. Its text is nowhere to be seen again.');
  }
});
