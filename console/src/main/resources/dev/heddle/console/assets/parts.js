// What several pages make of the same kind: tiles, lists of violations, a place to drop a file on.

export const element = (tag, text, className) => {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
};

export function tile(name, value, note) {
  const made = element('div', '', 'tile');
  made.append(element('span', name), element('strong', value), element('small', note));
  return made;
}

/** An error in words, with everything that is wrong. */
export function refusal(error) {
  const list = element('ul', '', 'violations');
  for (const { where, message } of error.violations ?? []) {
    const item = element('li');
    item.append(element('code', where), ` ${message}`);
    list.append(item);
  }
  return [element('p', error.message, 'wrong'), list];
}

/** Calls `take` with a file that is dropped on `zone` or chosen by `input`. */
export function takeFile(zone, input, take) {
  const lit = (on) => (event) => {
    event.preventDefault();
    zone.classList.toggle('lit', on);
  };
  zone.addEventListener('dragover', lit(true));
  zone.addEventListener('dragleave', lit(false));
  zone.addEventListener('drop', (event) => {
    lit(false)(event);
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
  input.addEventListener('change', () => {
    if (input.files[0]) take(input.files[0]);
  });
}
