/** `path` as a JSON pointer (RFC 6901 §3, §4). */
export function pointer(path) {
  return path.map((step) => `/${String(step).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');
}
