/** The languages that the element speaks, by BCP 47 tag; English is where the others start from, and what they fall back to. */
import ar from './ar.json' with {type: 'json'};
import en from './en.json' with {type: 'json'};
import es419 from './es-419.json' with {type: 'json'};

export const CATALOGUES = {en, 'es-419': es419, ar};
