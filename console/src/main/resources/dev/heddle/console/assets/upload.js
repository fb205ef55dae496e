// The upload dialog: a folder becomes a version. What was begun is remembered in this browser, so
// that the same folder, dropped again after a reload, goes on where it was.
import { ask, json } from './api.js';
import { units } from './charts.js';
import { fail, sure } from './dialogs.js';
import { folderOf } from './folder.js';
import { TusUpload } from './tus.js';

const dialog = document.getElementById('upload');
const form = document.getElementById('upload-form');
const part = (id) => document.getElementById(`upload-${id}`);
const MEMORY = 'heddle-upload';

let running = null;

const remembered = () => JSON.parse(localStorage.getItem(MEMORY) ?? 'null');
const remember = (state) => localStorage.setItem(MEMORY, JSON.stringify(state));
const forget = () => localStorage.removeItem(MEMORY);

/** One version on its way in. */
class VersionUpload {
  constructor(name, files) {
    Object.assign(this, { name, files, started: performance.now(), sent: 0 });
    this.total = files.reduce((sum, { file }) => sum + file.size, 0);
  }

  async run() {
    const known = remembered();
    const fits = known?.name === this.name && (await this.#isOpen(known));
    this.state = fits ? known : { name: this.name, version: null, files: {} };
    if (!fits) {
      const version = await json('POST', `/api/v1/adapters/${this.name}/versions`);
      this.state.version = version.number;
      remember(this.state);
    }
    const path = `/api/v1/adapters/${this.name}/versions/${this.state.version}`;
    const whole = fits ? await json('GET', `${path}/files`) : [];
    this.done = new Map((whole.items ?? whole).map((file) => [file.path, file.bytes]));
    for (const each of this.files) {
      await this.#one(each, path);
      if (this.paused) return false;
    }
    say('Checking every tensor');
    await json('POST', `${path}:complete`);
    forget();
    return true;
  }

  async #isOpen({ name, version }) {
    const state = await json('GET', `/api/v1/adapters/${name}/versions/${version}`).catch(() => null);
    return state?.state === 'UPLOADING';
  }

  async #one({ path: file, file: blob }, version) {
    if (this.done.get(file) === blob.size) {
      this.#show(file, blob.size, blob.size);
      this.sent += blob.size;
      return;
    }
    const kept = this.state.files[file];
    const same = kept?.size === blob.size && kept?.modified === blob.lastModified;
    this.current = new TusUpload(`${version}/uploads`, file, blob, same ? kept.address : null);
    const address = await this.current.open();
    this.state.files[file] = { address, size: blob.size, modified: blob.lastModified };
    remember(this.state);
    const before = this.sent;
    const show = (text) => {
      this.sent = before + this.current.offset;
      this.#show(file, this.current.offset, blob.size);
      if (text) say(text);
    };
    show();
    if (this.paused) return;
    await this.current.send(show);
    show();
  }

  #show(file, offset, size) {
    const row = document.getElementById(`file-${file}`);
    if (row) row.textContent = `${units.bytes(offset)} of ${units.bytes(size)}`;
    part('progress').value = this.total ? this.sent / this.total : 1;
    say(`${units.bytes(this.sent)} of ${units.bytes(this.total)}`);
  }

  pause() {
    this.paused = true;
    this.current?.pause();
  }

  async giveUp() {
    this.pause();
    await this.current?.giveUp();
    const { name, version } = this.state ?? {};
    if (version) await ask('DELETE', `/api/v1/adapters/${name}/versions/${version}`).catch(() => {});
    forget();
  }
}

const say = (text) => (part('said').textContent = text);

function list(files) {
  part('files').replaceChildren(...files.map(({ path }) => {
    const item = document.createElement('li');
    const name = document.createElement('code');
    const state = document.createElement('span');
    name.textContent = path;
    state.id = `file-${path}`;
    state.textContent = 'waits';
    item.append(name, state);
    return item;
  }));
}

async function go(name, files) {
  running = new VersionUpload(name, files);
  part('bar').hidden = false;
  part('report').hidden = true;
  part('pause').textContent = 'Pause';
  try {
    if (await running.run()) {
      sessionStorage.setItem('said', `${name}@${running.state.version} is ready: every tensor was checked. Publish it to have the name mean it.`);
      location.assign(`/console/adapters/${name}${location.search}`);
    } else {
      say('Paused. It goes on where it was, also after a reload.');
    }
  } catch (e) {
    report(e, name);
  }
}

/** Why the version was rejected, all of it. */
function report(error, name) {
  if (error.violations.length === 0) {
    fail(error);
    say('Stopped. Try again to go on where it was.');
    part('pause').textContent = 'Try again';
    running.paused = true;
    return;
  }
  forget();
  part('bar').hidden = true;
  const box = part('report');
  const title = document.createElement('h3');
  title.textContent = `${name}@${running.state.version} was rejected: ${error.violations.length} ${error.violations.length === 1 ? 'violation' : 'violations'}`;
  const list = document.createElement('ul');
  list.className = 'violations';
  for (const { where, message, code } of error.violations) {
    const item = document.createElement('li');
    const place = document.createElement('code');
    place.textContent = where || code;
    item.append(place, ` ${message}`);
    list.append(item);
  }
  const next = document.createElement('p');
  next.textContent = 'Mend the folder and drop it again; that makes the next version.';
  box.replaceChildren(title, list, next);
  box.hidden = false;
  running = null;
}

async function take(files) {
  if (!form.reportValidity()) return;
  if (files.length === 0) {
    fail(new Error('There is no expert_cfg.json or *.safetensors in what you dropped.'));
    return;
  }
  list(files);
  await go(form.elements.name.value, files);
}

if (dialog) {
  const drop = document.getElementById('drop');
  const lit = (on) => (event) => {
    event.preventDefault();
    drop.classList.toggle('lit', on);
  };
  drop.addEventListener('dragover', lit(true));
  drop.addEventListener('dragleave', lit(false));
  drop.addEventListener('drop', async (event) => {
    lit(false)(event);
    await take(await folderOf(event.dataTransfer));
  });
  document.getElementById('folder').addEventListener('change', async (event) => {
    const files = await folderOf({ files: event.target.files });
    await take(files);
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  part('pause').addEventListener('click', () => {
    if (running && !running.paused) {
      running.pause();
      part('pause').textContent = 'Go on';
    } else if (running) {
      go(running.name, running.files);
    }
  });
  part('drop').addEventListener('click', async () => {
    if (await sure('What was uploaded of this version is thrown away.', 'Give up')) {
      await running?.giveUp();
      location.reload();
    }
  });
  const known = remembered();
  if (known && (!form.elements.name.value || form.elements.name.value === known.name)) {
    form.elements.name.value = known.name;
    part('resume').textContent = `${known.name}@${known.version} is on its way: drop its folder again, and it goes on where it was.`;
    part('resume').hidden = false;
  }
  window.addEventListener('beforeunload', (event) => {
    if (running && !running.paused && running.sent < running.total) event.preventDefault();
  });
}
