/**
 * The chains that anchors may be on, as in `core/networks.py`. A page brings those of its service, with the addresses
 * at which they may be asked (`urls`); a code that is in no table is shown as a number.
 *
 * A network is `{chain, network, codes: [chain, network], chainId, isTest, title, urls}`.
 */
const row = (chain, network, codes, chainId, isTest, title) => ({chain, network, codes, chainId, isTest, title});

/** Those that are known by themselves. */
export const NETWORKS = [
  row('btc', 'mainnet', [0, 1], null, false, 'Bitcoin'),
  row('btc', 'testnet', [0, 3], null, true, 'Bitcoin Testnet'),
  row('eth', 'ropsten', [1, 3], 3, true, 'Ethereum Ropsten'),
  row('eth', 'rinkeby', [1, 4], 4, true, 'Ethereum Rinkeby'),
  row('eth', 'goerli', [1, 5], 5, true, 'Ethereum Goerli'),
  row('mtc', 'mainnet', [2, 137], 137, false, 'Polygon'),
  row('mtc', 'mumbai', [2, 80_001], 80_001, true, 'Polygon Mumbai'),
  row('base', 'mainnet', [8453, 8453], 8453, false, 'Base'),
  row('base', 'sepolia', [8453, 84_532], 84_532, true, 'Base Sepolia'),
  row('eth', 'mainnet', [1, 1], 1, false, 'Ethereum'),
  row('eth', 'sepolia', [1, 11_155_111], 11_155_111, true, 'Ethereum Sepolia'),
];

/** The network with these codes; undefined where none has them. Those of `own` come before those that are known. */
export function networkOf([chain, network], own = []) {
  const hasThem = ({codes}) => codes[0] === chain && codes[1] === network;
  return own.find(hasThem) ?? NETWORKS.find(hasThem);
}
