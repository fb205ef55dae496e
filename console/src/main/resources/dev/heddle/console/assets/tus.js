// Uploads one file in parts over tus 1.0.0: what the server has acknowledged is on its disk, and an
// upload goes on from there after a pause, a reload, or a restart of the server.
import { ask, headers, Refusal } from './api.js';

const VERSION = { 'Tus-Resumable': '1.0.0' };
const PART = 8 << 20;
const TRIES = 60;

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class TusUpload {
  /** `endpoint` is the version's; `address` that of an upload that was begun before, or null. */
  constructor(endpoint, path, file, address) {
    Object.assign(this, { endpoint, path, file, address, offset: 0, paused: false });
  }

  /** Begins or finds the upload; answers its address. */
  async open() {
    if (this.address) {
      try {
        this.offset = await this.#told();
        return this.address;
      } catch (e) {
        if (e.status !== 404) throw e;
        this.address = null; // it has expired, or came in whole
      }
    }
    const response = await ask('POST', this.endpoint, undefined, {
      ...VERSION,
      'Upload-Length': String(this.file.size),
      'Upload-Metadata': `filename ${base64(this.path)}`,
    });
    this.address = response.headers.get('Location');
    return this.address;
  }

  /** Sends what is missing, however often the way breaks; ends early when paused. */
  async send(progress) {
    let failures = 0;
    while (this.offset < this.file.size && !this.paused) {
      try {
        this.controller = new AbortController();
        await this.#part();
        failures = 0;
        progress();
      } catch (e) {
        if (this.paused) return;
        const passing = e instanceof TypeError || [0, 409, 423, 460, 502, 503, 504].includes(e.status);
        if (!passing || ++failures > TRIES) throw e;
        progress(`The way is broken; trying again (${failures})`);
        await wait(Math.min(500 * failures, 5000));
        this.offset = await this.#told().catch((lost) => {
          if (lost.status === 404) throw lost;
          return this.offset;
        });
      }
    }
  }

  pause() {
    this.paused = true;
    this.controller?.abort();
  }

  async giveUp() {
    this.pause();
    if (this.address) await ask('DELETE', this.address, undefined, VERSION).catch(() => {});
  }

  async #part() {
    const part = this.file.slice(this.offset, this.offset + PART);
    const response = await fetchPart(this.address, part, this.offset, this.controller.signal);
    this.offset = Number(response.headers.get('Upload-Offset'));
  }

  async #told() {
    const response = await ask('HEAD', this.address, undefined, VERSION);
    return Number(response.headers.get('Upload-Offset'));
  }
}

async function fetchPart(address, part, offset, signal) {
  const response = await fetch(address, {
    method: 'PATCH',
    body: part,
    signal,
    credentials: 'same-origin',
    headers: headers({
      ...VERSION,
      'Content-Type': 'application/offset+octet-stream',
      'Upload-Offset': String(offset),
    }),
  });
  if (!response.ok) throw new Refusal(response.status, await response.json().catch(() => ({})));
  return response;
}
