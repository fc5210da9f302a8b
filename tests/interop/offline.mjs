/**
 * Keeps this process off the network.
 *
 * `goOffline()` replaces the global fetch, which every HTTP client of the
 * verifiers ends in, by one that serves a fixed map of documents and throws for
 * any other address. As a second line of defence no socket can be connected and
 * no host name looked up.
 */
import dns from 'node:dns';
import net from 'node:net';

/** The address at which a did:web document is published. */
export function didWebUrl(did) {
  const [scheme, method, host, ...path] = did.split(':');
  if (scheme !== 'did' || method !== 'web' || !host) {
    throw new TypeError(`Not a did:web identifier: ${did}`);
  }
  const place = path.length ? path.map(decodeURIComponent).join('/') : '.well-known';
  return `https://${decodeURIComponent(host)}/${place}/did.json`;
}

/**
 * @param {Map<string, object>} served - JSON documents by address.
 * @returns {Set<string>} The addresses that were asked for and refused; it
 *   fills up while the process runs.
 */
export function goOffline(served) {
  const refused = new Set();

  globalThis.fetch = async input => {
    const url = typeof input === 'string' ? input : (input.url ?? String(input));
    if (!served.has(url)) {
      refused.add(url);
      throw new Error(`Offline: "${url}" is not served here.`);
    }
    return new Response(JSON.stringify(served.get(url)), {
      status: 200,
      headers: {'Content-Type': 'application/json'},
    });
  };

  net.Socket.prototype.connect = function connect() {
    throw new Error('Offline: sockets cannot be connected.');
  };
  const lookup = () => {
    throw new Error('Offline: host names cannot be looked up.');
  };
  dns.lookup = lookup;
  dns.promises.lookup = lookup;

  return refused;
}
