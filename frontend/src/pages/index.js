import {credentialPage} from './credential.js';
import {evidencePage} from './evidence.js';
import {verifyPage} from './verify.js';

/** The scripts of the pages by the value of `data-ovc-page`. Each is a function of the main element. */
export const PAGES = {credential: credentialPage, evidence: evidencePage, verify: verifyPage};
