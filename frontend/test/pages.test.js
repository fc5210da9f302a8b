/** What the pages make of reports and documents, without a browser. */
import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {anchorSentences} from '../src/pages/anchor_sentences.js';
import {domainOf, factsOf, line} from '../src/pages/facts.js';
import {dayOf, momentOf} from '../src/pages/moments.js';
import TEXTS from '../src/pages/texts.json' with {type: 'json'};
import {text} from '../src/pages/texts.js';
import {headlineOf, isConfirmed, stateOf, summaryOf} from '../src/pages/verdicts.js';
import {check, report} from '../src/verifier/report.js';

const GOOD = ['well_formed', 'signature_valid', 'issuer_confirmed', 'not_revoked', 'in_force', 'disclosure_unknown'];
const NOW = new Date('2026-11-22T10:00:00Z');

function reportWith(...codes) {
  const changes = new Map(codes.map((code) => [check(code).check, check(code)]));
  return report(
    GOOD.map((code) => changes.get(check(code).check) ?? check(code)),
    NOW,
  );
}

describe('the state of a report', () => {
  const cases = [
    [[], 'valid'],
    [['status_message'], 'valid_with_warnings'],
    [['proof_in_the_future', 'withheld'], 'valid_with_warnings'],
    [['status_unreachable'], 'could_not_be_checked'],
    [['invalid_signature'], 'invalid'],
    [['revoked'], 'revoked'],
    [['suspended'], 'suspended'],
    [['expired'], 'expired'],
    [['not_yet_valid'], 'not_yet_valid'],
    [['revoked', 'expired'], 'revoked'],
    [['expired', 'status_unreachable'], 'expired'],
    [['revoked', 'invalid_signature'], 'invalid'],
    [['expired', 'key_revoked'], 'invalid'],
    [['revoked', 'malformed_dates'], 'invalid'],
    [['expired', 'key_unavailable'], 'invalid'],
  ];
  for (const [codes, state] of cases) {
    it(`with ${codes.join(' and ') || 'nothing wrong'} is ${state}`, () => {
      assert.equal(stateOf(reportWith(...codes)), state);
      assert.equal(headlineOf(reportWith(...codes)), TEXTS[state]);
    });
  }

  it('names every check that decided, and no other', () => {
    const said = summaryOf(reportWith('invalid_signature', 'revoked', 'proof_in_the_future'));
    assert.deepEqual(said, [
      `Signature: ${check('invalid_signature').message}`,
      `Status: ${check('revoked').message}`,
    ]);
  });

  it('says that what could not be checked is no fault', () => {
    const said = summaryOf(reportWith('status_unreachable'));
    assert.deepEqual(said, [`Status: ${check('status_unreachable').message}`, TEXTS.not_a_fault]);
  });

  it('of a presentation names the credential that decided', () => {
    const whole = report(reportWith().checks, NOW, [reportWith(), reportWith('revoked')]);
    assert.equal(headlineOf(whole), 'This presentation is not valid');
    assert.deepEqual(summaryOf(whole), ['Credential 2: This credential has been revoked']);
  });

  it('confirms what it says only with form, signature and issuer', () => {
    assert.ok(isConfirmed(reportWith('revoked', 'expired')));
    for (const code of ['malformed', 'invalid_signature', 'key_unavailable', 'key_revoked', 'issuer_unreachable']) {
      assert.ok(!isConfirmed(reportWith(code)), code);
    }
  });
});

describe('what a document says', () => {
  const credential = {
    id: 'urn:uuid:1',
    name: 'Computing',
    issuer: {id: 'did:web:example.edu:a', name: 'Academy'},
    validFrom: '2026-03-01T00:00:00Z',
    credentialSubject: {
      id: 'did:key:z6Mk',
      identifier: [
        {type: 'IdentityObject', hashed: false, identityHash: 'Ada Lovelace', identityType: 'name'},
        {type: 'IdentityObject', hashed: true, identityHash: 'sha256$00', identityType: 'emailAddress'},
      ],
      achievement: {name: 'Computing 101', criteria: {narrative: 'Pass \\<X\\>.\\a'}, resultDescription: [{id: 'a#p', name: 'Grade'}]},
      result: [{resultDescription: 'a#p', value: '93'}],
    },
  };

  it('is told in order', () => {
    assert.deepEqual(factsOf(credential), [
      {key: 'awarded_to', values: ['Ada Lovelace']},
      {key: 'achievement', values: ['Computing 101']},
      {key: 'criteria', values: ['Pass <X>.\\a']},
      {key: 'result', values: ['Grade: 93']},
      {key: 'issuer', did: 'did:web:example.edu:a', domain: 'example.edu', name: 'Academy'},
      {key: 'issued_on', date: '2026-03-01T00:00:00Z'},
      {key: 'identifier', values: ['urn:uuid:1']},
    ]);
  });

  it('is left out where it has another form', () => {
    const odd = [null, 7, 'text', [], {}, {credentialSubject: null}, {credentialSubject: [null, 3]}, {issuer: 4, name: {}}];
    for (const each of odd) {
      assert.deepEqual(factsOf(each), []);
    }
    const nested = {credentialSubject: {achievement: [[{name: 'x'}]], identifier: {hashed: false}, result: 'x', id: 'urn:a'}};
    assert.deepEqual(factsOf(nested), [{key: 'awarded_to', values: ['urn:a']}]);
  });

  it('cannot turn its direction or break lines, and keeps joiners', () => {
    assert.equal(line('Ada\u202E\u0000\n\u2066 Lovelace'), 'Ada Lovelace');
    assert.equal(line('می\u200Cخواهم 👩\u200D🎓'), 'می\u200Cخواهم 👩\u200D🎓');
    assert.equal(line('x'.repeat(5000)).length, 601);
  });

  it('has a domain for a did:web only', () => {
    assert.equal(domainOf('did:web:Example.edu'), 'example.edu');
    assert.equal(domainOf('did:web:localhost%3A8000:issuers:a'), 'localhost:8000');
    for (const did of ['did:key:z6Mk', 'did:web:', 'did:web:a%2Fb', 'did:web:evil.example@good.example', 'xdid:web:a', '']) {
      assert.equal(domainOf(did), null, did);
    }
  });
});

describe('texts and dates', () => {
  it('fill in what is named, once', () => {
    assert.equal(text('in_short', {check: '{message}', message: 'M'}), '{message}: M');
    assert.throws(() => text('no_such_text'), RangeError);
    assert.throws(() => text('constructor'), RangeError);
  });

  it('are there for every check and outcome', () => {
    for (const name of ['schema', 'signature', 'issuer', 'status', 'dates', 'disclosure']) {
      assert.ok(text(`check_${name}`));
    }
    for (const outcome of ['passed', 'warning', 'failed', 'not_checked']) {
      assert.ok(text(`outcome_${outcome}`));
    }
  });

  it('are in the language of the page', () => {
    assert.equal(dayOf('2026-03-01T23:59:00Z', 'en'), 'March 1, 2026');
    assert.equal(dayOf('2026-03-01T23:59:00Z', 'de'), '1. März 2026');
    assert.equal(dayOf('2026-03-01T23:59:00+14:00', 'en'), 'March 1, 2026');
    assert.equal(dayOf('yesterday', 'en'), null);
    assert.match(momentOf('2026-03-01T12:30:00Z', 'en', 'UTC'), /March 1, 2026.*12:30.*UTC/);
  });
});

describe('an anchor', () => {
  const anchor = {network: 'Base Sepolia', testNetwork: true, time: '2026-11-22T10:00:00Z', state: 'safe'};
  const added = 'blink:base:mainnet:bb';
  const said = (code, ...anchors) => anchorSentences({code, anchor, anchors}, code, 'en').join(' ');

  it('that was found is the first, and no other is said to be there', () => {
    const alone = said('test_network_anchor', 'blink:base:sepolia:aa');
    assert.match(alone, /anchor blink:base:sepolia:aa is in a block of Base Sepolia/);
    const both = said('test_network_anchor', 'blink:base:sepolia:aa', added);
    assert.equal(both, `${alone} ${TEXTS.anchor.replace('{anchor}', added)}`);
  });

  it('that was not looked up is named with all others', () => {
    const both = TEXTS.anchor.replace('{anchor}', `blink:base:sepolia:aa, ${added}`);
    assert.equal(said('anchor_not_checked', 'blink:base:sepolia:aa', added), both);
  });

  it('that is wrong is said to be so, and the others are not', () => {
    const sentences = anchorSentences({code: 'anchor_reverted', anchors: ['a', 'b']}, 'signature_valid', 'en');
    assert.deepEqual(sentences.slice(1), [check('anchor_reverted').message, TEXTS.anchor.replace('{anchor}', 'b')]);
  });
});
