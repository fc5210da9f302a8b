/** The schema check: everything a document must survive before its signature is looked at. */
import {requireAccepted} from './contexts.js';
import {Refusal} from './errors.js';
import {requireFew} from './presentation.js';
import {check} from './report.js';
import {requireADocument, requireStructure} from './structure.js';

/**
 * Whether `document` is a credential or presentation that we understand whole, its proof aside: accepted contexts, the
 * structure of its data model and of Open Badges 3.0, and no member that a signature would not cover. `canonicalize` may
 * remember what it computes.
 */
export async function checkSchema(document, canonicalize) {
  const {proof: _, ...bare} = document;
  try {
    requireADocument(document);
    requireFew(document);
    requireAccepted(document);
    requireStructure(document);
    await canonicalize(bare);
  } catch (error) {
    if (error instanceof Refusal) {
      return check(error.code, error.detail);
    }
    throw error;
  }
  return check('well_formed');
}
