/** Files that are chosen, dropped or pasted; read here, sent nowhere. */
import {text} from './texts.js';

/** The largest file that holds a credential (a PNG), in MB; the verifier has a limit for each format. */
export const MOST_MEGABYTES = 4;
export const MOST_FILES = 20;

/** A file that is not even looked into. `message` is a sentence for people. */
export class FileError extends Error {}

/** The bytes of `file`. Throws FileError. */
export async function bytesOf(file) {
  const {name} = file;
  if (file.size > MOST_MEGABYTES * 1024 * 1024) {
    throw new FileError(text('file_too_large', {name, limit: MOST_MEGABYTES}));
  }
  let bytes;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new FileError(text('file_unreadable', {name}));
  }
  if (!bytes.length) {
    throw new FileError(text('file_empty', {name}));
  }
  return bytes;
}

/** Calls `take` with the files that are chosen in `input`, dropped on `zone` or anywhere else, or pasted. */
export function listen(input, zone, take) {
  input.addEventListener('change', () => {
    const files = [...input.files];
    // The same file may be chosen again, once it was changed.
    input.value = '';
    take(files);
  });
  const root = document;
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
  // A file that misses the zone must not replace the page.
  root.addEventListener('dragover', (event) => {
    if (carriesFiles(event)) {
      event.preventDefault();
      zone.classList.add('ovc-over');
    }
  });
  root.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) {
      zone.classList.remove('ovc-over');
    }
  });
  root.addEventListener('drop', (event) => {
    zone.classList.remove('ovc-over');
    if (carriesFiles(event)) {
      event.preventDefault();
      take([...event.dataTransfer.files]);
    }
  });
  root.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length) {
      event.preventDefault();
      take(files);
    }
  });
}
