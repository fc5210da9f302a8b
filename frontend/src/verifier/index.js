/** What the tests take. */
export * from './canonical.js';
export * from './json_text.js';
export * from './verify.js';
export * from './bitstring.js';
export * from './did_documents.js';
export * from './fetching.js';
export * from './formats/pdf.js';
export * from './formats/png.js';
export * from './formats/svg.js';
export * from './moments.js';
export * from './public_keys.js';
export * from './vc_jwt.js';
export * from './iris.js';
export * from './labelling.js';
