/**
 * The status check (Bitstring Status List v1.0 §3.2; StatusList2021 §3.2; 1EdTech Revocation List, Open Badges 3.0
 * §4.3).
 *
 * What a list says counts only where the list is beyond doubt: signed by the credential's issuer, for this address and
 * purpose, in force, whole. Anything else is *not checked*, never "not revoked".
 */
import {MIN_LENGTH, decodeList, valueAt} from './bitstring.js';
import {judgeDates} from './dates.js';
import {Refusal} from './errors.js';
import {isWebAddress} from './iris.js';
import {isObject, listOf, member, typesOf} from './json_values.js';
import {check} from './report.js';

const MAX_ENTRIES = 8;
export const REVOCATION_LIST_1EDTECH = '1EdTechRevocationList';
const LIST_2021 = 'StatusList2021Credential';
const ENTRY_2021 = 'StatusList2021Entry';
// By the type of an entry: that of the list credential, that of its subject.
const LIST_TYPES = {
  BitstringStatusListEntry: ['BitstringStatusListCredential', 'BitstringStatusList'],
  [ENTRY_2021]: [LIST_2021, 'StatusList2021'],
};
const SET = {revocation: 'revoked', suspension: 'suspended', message: 'status_message', refresh: 'status_message'};
const INDEX = /^(?:0|[1-9][0-9]{0,9})$/;
const MAX_STATUS_SIZE = 8;
const WORST_FIRST = ['failed', 'not_checked', 'warning', 'passed'];

/**
 * The status entries of a credential, null for one of a kind that is not known here; empty where it has no status.
 * Throws Refusal `malformed_status`.
 */
export function readEntries(document) {
  if (!Object.hasOwn(document, 'credentialStatus')) {
    return [];
  }
  const members = listOf(document.credentialStatus);
  if (!members.length || members.length > MAX_ENTRIES || !members.every(isObject)) {
    throw malformed();
  }
  return members.map(readEntry);
}

/**
 * The list in a credential of `issuer` whose signature is good: `{document, issuer, bits}`.
 * Throws Refusal `status_list_invalid`.
 */
export async function readList(document, issuer) {
  const subject = member(document, 'credentialSubject');
  if (!isObject(subject) || typeof subject.encodedList !== 'string') {
    throw new Refusal('status_list_invalid');
  }
  const bits = await decodeList(subject.encodedList, {multibase: !typesOf(document).includes(LIST_2021)});
  return {document, issuer, bits};
}

/** What `found`, the list that `entry` names, says of a credential of `issuer` at the moment `at` (milliseconds). */
export function judgeEntry(entry, issuer, found, at) {
  const {url, purpose, index, size, messages} = entry;
  const detail = {statusListCredential: url, statusPurpose: purpose};
  const mismatch = mismatchOf(entry, issuer, found);
  if (mismatch) {
    return check('status_list_mismatch', {mismatch, ...detail});
  }
  const inForce = judgeDates(found.document, at);
  if (inForce.outcome === 'failed') {
    return check(inForce.code === 'expired' ? 'status_list_stale' : 'status_list_invalid', detail);
  }
  if (Math.floor((found.bits.length * 8) / size) < MIN_LENGTH) {
    return check('status_list_invalid', {reason: 'list_too_short', ...detail});
  }
  const value = valueAt(found.bits, index, size);
  if (value === null) {
    return check('status_index_out_of_range', {statusListIndex: index, ...detail});
  }
  const message = messages.get(value);
  return check(value ? SET[purpose] : 'not_revoked', message === undefined ? detail : {...detail, message});
}

/**
 * What a 1EdTech Revocation List says: it names what is revoked by its id. Nobody signs it: it counts because the
 * credential, which is signed, names its address.
 */
export function judge1EdTech(list, credentialId, issuer, url) {
  const entries = Object.hasOwn(list, 'revokedCredential') ? list.revokedCredential : [];
  if (!Array.isArray(entries) || !entries.every(isObject)) {
    return check('status_list_invalid', {statusListCredential: url});
  }
  const whose = isObject(list.issuer) ? list.issuer.id : list.issuer;
  if (list.id !== url || whose !== issuer) {
    return check('status_list_mismatch', {statusListCredential: url});
  }
  const names = ({id, revoked}) => (credentialId ?? null) !== null && id === credentialId && revoked !== false;
  return check(entries.some(names) ? 'revoked' : 'not_revoked', {
    statusListCredential: url,
    statusPurpose: 'revocation',
  });
}

/** The check that follows from all entries: the worst of them. */
export function concludeStatus(found) {
  if (!found.length) {
    return check('no_status');
  }
  const rank = ({outcome}) => WORST_FIRST.indexOf(outcome);
  const worst = found.reduce((first, second) => (rank(second) < rank(first) ? second : first));
  if (found.length === 1) {
    return worst;
  }
  return check(worst.code, {...worst.detail, entries: found.map(({code, detail}) => ({code, ...detail}))});
}

function readEntry(entry) {
  const kind = typesOf(entry).find((each) => Object.hasOwn(LIST_TYPES, each) || each === REVOCATION_LIST_1EDTECH);
  if (kind === undefined) {
    return null;
  }
  if (kind === REVOCATION_LIST_1EDTECH) {
    return {kind, url: addressOf(entry.id), purpose: 'revocation', index: 0, size: 1, messages: new Map()};
  }
  const purpose = entry.statusPurpose;
  const url = addressOf(entry.statusListCredential);
  if (typeof purpose !== 'string' || entry.id === url) {
    throw malformed();
  }
  if (!Object.hasOwn(SET, purpose)) {
    return null;
  }
  const size = sizeOf(entry, kind);
  return {kind, url, purpose, index: indexOf(entry.statusListIndex), size, messages: messagesOf(entry, purpose)};
}

/** A whole number in decimal, as a string. Others write it as a number: that has one meaning too. */
function indexOf(value) {
  const text = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || !INDEX.test(text)) {
    throw malformed();
  }
  return Number(text);
}

function sizeOf(entry, kind) {
  const size = Object.hasOwn(entry, 'statusSize') ? entry.statusSize : 1;
  if (!Number.isInteger(size) || size < 1 || size > MAX_STATUS_SIZE || (kind === ENTRY_2021 && size !== 1)) {
    throw malformed();
  }
  return size;
}

/** A message for each of the numbers (Bitstring Status List v1.0 §2.1), where the purpose is message. */
function messagesOf(entry, purpose) {
  const messages = Object.hasOwn(entry, 'statusMessage') ? entry.statusMessage : [];
  if (!Array.isArray(messages) || messages.length > 2 ** MAX_STATUS_SIZE) {
    throw malformed();
  }
  return new Map(purpose === 'message' ? messages.map(messageOf) : []);
}

function messageOf(entry) {
  const {status, message} = isObject(entry) ? entry : {};
  if (typeof status !== 'string' || typeof message !== 'string' || !/^0x[0-9a-fA-F]{1,2}$/.test(status)) {
    throw malformed();
  }
  return [parseInt(status, 16), message];
}

/** What about the list is not as `entry` says. */
function mismatchOf(entry, issuer, found) {
  const [listType, subjectType] = LIST_TYPES[entry.kind];
  const {document} = found;
  const subject = document.credentialSubject;
  if (found.issuer !== issuer) {
    return 'issuer';
  }
  // §2.2: the id of a list may be left out; where it stands, it is the list's address.
  if (Object.hasOwn(document, 'id') && document.id !== entry.url) {
    return 'id';
  }
  if (!typesOf(document).includes(listType) || !typesOf(subject).includes(subjectType)) {
    return 'type';
  }
  return listOf(member(subject, 'statusPurpose')).includes(entry.purpose) ? null : 'purpose';
}

function addressOf(value) {
  if (!isWebAddress(value)) {
    throw malformed();
  }
  return value;
}

function malformed() {
  return new Refusal('malformed_status');
}
