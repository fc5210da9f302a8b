/** The languages that the element speaks, by BCP 47 tag; English is where the others start from, and what they fall back to. */
import en from './en.json' with {type: 'json'};

export const CATALOGUES = {en};
