// The files of a dropped or chosen folder that an adapter may have.

const WEIGHTS = /^(expert_cfg\.json|.*\.safetensors(\.index\.json)?)$/i; // the server refuses other spellings
const OTHERS = new Set([
  'golden.json', 'adapter_config.json', 'config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json',
  'tokenizer.model', 'special_tokens_map.json', 'added_tokens.json', 'vocab.json', 'merges.txt',
  'chat_template.jinja', 'README.md', 'LICENSE',
]);

const entries = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));

async function filesIn(entry) {
  if (entry.isFile) return [await fileOf(entry)];
  const reader = entry.createReader();
  const files = [];
  for (let some = await entries(reader); some.length > 0; some = await entries(reader)) {
    for (const each of some) {
      if (each.isFile) files.push(await fileOf(each));
    }
  }
  return files;
}

/** `[{path, file}]`, small files first; subfolders are left out, as adapters have none. */
export async function folderOf(transfer) {
  const dropped = [...(transfer.items ?? [])].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = dropped.length > 0
    ? (await Promise.all(dropped.map(filesIn))).flat()
    : [...transfer.files].filter((file) => (file.webkitRelativePath.match(/\//g) ?? []).length <= 1);
  return files
    .filter(({ name }) => WEIGHTS.test(name) || OTHERS.has(name))
    .map((file) => ({ path: file.name, file }))
    .sort((a, b) => a.file.size - b.file.size);
}
