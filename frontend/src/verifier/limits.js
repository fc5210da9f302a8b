/** The limits of what is read, the same as the service's own verifier has. */
export const DOCUMENT = {maxBytes: 512 * 1024, maxDepth: 24, maxValues: 20_000};
export const DID_DOCUMENT = {...DOCUMENT, maxBytes: 64 * 1024};
export const LIST_DOCUMENT = {...DOCUMENT, maxBytes: 4 * 1024 * 1024};
export const MAX_CONTEXTS = 10;
export const MAX_BLANK_NODES = 500;
export const MAX_LIST_BYTES = 2 * 1024 * 1024;
