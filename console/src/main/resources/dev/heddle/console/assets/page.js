// What every page does: times in the viewer's zone, buttons that ask the API, the menu of phones.
import { json } from './api.js';
import { fail, sure, toast } from './dialogs.js';

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

function localTimes(root) {
  for (const time of root.querySelectorAll('time[datetime]')) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) {
      time.textContent = format.format(at);
      time.title = at.toISOString();
    }
  }
}

/** Says the end on the page that comes next. */
function reloadSaying(text) {
  sessionStorage.setItem('said', text);
  location.reload();
}

async function act(button) {
  const { action, confirm, go, done, then } = button.dataset;
  if (confirm && !(await sure(confirm, go ?? button.textContent.trim()))) return;
  const [method, path] = action.split(' ');
  const body = button.dataset.body ? JSON.parse(button.dataset.body) : undefined;
  button.setAttribute('aria-busy', 'true');
  button.disabled = true;
  try {
    await json(method, path, body);
    if (then) {
      sessionStorage.setItem('said', done);
      location.assign(then);
    } else {
      reloadSaying(done ?? 'Done.');
    }
  } catch (e) {
    fail(e);
  } finally {
    button.removeAttribute('aria-busy');
    button.disabled = false;
  }
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent);
  const before = button.textContent;
  button.textContent = 'Copied';
  setTimeout(() => (button.textContent = before), 2000);
}

document.addEventListener('click', (event) => {
  const actor = event.target.closest('[data-action]');
  if (actor) act(actor);
  const copier = event.target.closest('[data-copy]');
  if (copier) copy(copier).catch(() => toast('The browser does not let pages copy; select the text.', 'failed'));
  const opener = event.target.closest('[data-open]');
  if (opener) document.getElementById(opener.dataset.open).showModal();
  const closer = event.target.closest('[data-close]');
  if (closer) closer.closest('dialog').close();
});

localTimes(document);
document.addEventListener('htmx:afterSettle', (event) => localTimes(event.target.parentElement ?? document));

const said = sessionStorage.getItem('said');
if (said) {
  sessionStorage.removeItem('said');
  toast(said);
}

const menu = document.getElementById('menu');
if (menu) {
  const wide = matchMedia('(min-width: 60rem)');
  const fit = () => (menu.open = wide.matches);
  wide.addEventListener('change', fit);
  fit();
}
