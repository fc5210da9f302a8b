// What jsonld canonicalises and writes N-Quads with; both is done here (labelling.js, n_quads.js). It names blank nodes
// by the package's own class.
'use strict';
exports.IdentifierIssuer = require('../../node_modules/rdf-canonize/lib/IdentifierIssuer.js');
exports.NQuads = {};
