/** The networks of the service, with the addresses of nodes that a page may ask (`<script id="ovc-networks">`). */
import {NETWORKS} from '../verifier/networks.js';
import {dataOf} from './dom.js';

/** As verifier/networks.js has them; none where the page brings none. */
export function pageNetworks() {
  return JSON.parse(dataOf('ovc-networks') ?? '[]');
}

/** Every network, all of them to be asked at `url`: its chain id says which one is there. */
export function networksAt(url) {
  return [...NETWORKS, ...pageNetworks()].map((network) => ({...network, urls: [url]}));
}

/** The network that the first anchor of a report names, undefined where it is not known. */
export function networkIn(report) {
  const proofs = report.checks.flatMap(({detail}) => detail.proofs ?? []);
  const named = proofs.find(({anchor}) => anchor)?.anchor.network;
  return [...pageNetworks(), ...NETWORKS].find(({chain, network}) => `${chain}:${network}` === named);
}
