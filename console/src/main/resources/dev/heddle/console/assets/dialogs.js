// What tells of an end, and what asks before one.

/** Says something for some seconds; errors stay until they are closed. */
export function toast(text, kind = 'done', details = []) {
  const box = document.createElement('div');
  box.className = `toast ${kind}`;
  const line = document.createElement('p');
  line.textContent = text;
  box.append(line);
  if (details.length > 0) {
    const list = document.createElement('ul');
    for (const each of details.slice(0, 8)) {
      const item = document.createElement('li');
      item.textContent = `${each.where ? each.where + ': ' : ''}${each.message}`;
      list.append(item);
    }
    box.append(list);
  }
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'close';
  close.setAttribute('aria-label', 'Close');
  close.textContent = '\u00d7';
  close.addEventListener('click', () => box.remove());
  box.append(close);
  document.getElementById('toasts').append(box);
  if (kind === 'done') setTimeout(() => box.remove(), 6000);
}

/** Tells of a failure, with all that is wrong. */
export function fail(error) {
  toast(error.message, 'failed', error.violations ?? []);
}

/** Asks; true if the answer is to go on. */
export function sure(text, go = 'Go on') {
  const dialog = document.getElementById('confirm');
  document.getElementById('confirm-text').textContent = text;
  const yes = dialog.querySelector('[data-answer=yes]');
  yes.textContent = go;
  return new Promise((resolve) => {
    const answer = (event) => {
      const button = event.target.closest('[data-answer]');
      if (button) dialog.close(button.dataset.answer);
    };
    dialog.addEventListener('click', answer);
    dialog.addEventListener('close', () => {
      dialog.removeEventListener('click', answer);
      resolve(dialog.returnValue === 'yes');
    }, { once: true });
    dialog.returnValue = 'no';
    dialog.showModal();
  });
}
