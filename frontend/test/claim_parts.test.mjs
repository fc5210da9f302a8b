/** The parts of the claim element that need no browser: what is chosen, what is shown, what runs once. */
import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {Choice} from '../src/claim/choice.js';
import {isHandheld, storesFor} from '../src/claim/device.js';
import {rowsOf, unescaped} from '../src/claim/fact_rows.js';
import {fileName} from '../src/claim/files.js';
import {isLink} from '../src/claim/html.js';
import {isOver, minutesLeft} from '../src/claim/moments.js';
import {Once} from '../src/claim/once.js';
import {dayOf, momentOf} from '../src/pages/moments.js';
import {settle} from './claim_clock.mjs';

const WALLETS = [
  {id: 'lc_wallet', on_page: false},
  {id: 'other', on_page: false},
  {id: 'download', on_page: true},
];

describe('a choice', () => {
  const one = {uuid: '1', wallets: ['lc_wallet', 'download'], claims: ['name', 'email']};
  const two = {uuid: '2', wallets: ['download', 'other', 'lc_wallet'], claims: ['name', 'grade']};

  it('has the wallets that take all of it, in their order', () => {
    const ids = (...certificates) => new Choice(certificates, WALLETS).wallets.map(({id}) => id);
    assert.deepEqual(ids(one, two), ['lc_wallet', 'download']);
    assert.deepEqual(ids(one, {uuid: '3', wallets: ['other'], claims: []}), []);
    assert.equal(new Choice([{uuid: '3', wallets: [], claims: []}], WALLETS).wallet, null);
  });

  it('shares everything until something is left out', () => {
    const choice = new Choice([one, two], WALLETS);
    assert.deepEqual(choice.claims, ['name', 'email', 'grade']);
    assert.deepEqual(choice.request, {credential_uuids: ['1', '2'], storage_id: 'lc_wallet', leave_out: []});
    choice.share('grade', false);
    choice.share('name', false);
    choice.choose('download');
    assert.deepEqual(choice.request, {
      credential_uuids: ['1', '2'],
      storage_id: 'download',
      leave_out: ['name', 'grade'],
    });
    assert.equal(choice.isToFile, true);
    choice.share('name', true);
    assert.deepEqual(choice.request.leave_out, ['grade']);
  });
});

describe('a device', () => {
  const view = ({coarse = false, width = 1440, mobile} = {}) => ({
    matchMedia: () => ({matches: coarse}),
    screen: {width},
    navigator: {userAgentData: mobile === undefined ? undefined : {mobile}},
  });

  it('is handheld where the browser, the pointer or the screen says so', () => {
    assert.equal(isHandheld(view({mobile: true})), true);
    assert.equal(isHandheld(view({coarse: true})), true);
    assert.equal(isHandheld(view({width: 390})), true);
    assert.equal(isHandheld(view({coarse: true, mobile: false})), true, 'a tablet');
    assert.equal(isHandheld(view()), false);
    assert.equal(isHandheld(view({mobile: false})), false);
    assert.equal(isHandheld({navigator: {}}), false);
  });

  it('has its own store, or both are named', () => {
    assert.deepEqual(storesFor('Mozilla/5.0 (Linux; Android 14)'), ['android']);
    assert.deepEqual(storesFor('Mozilla/5.0 (iPhone; CPU iPhone OS 17_0)'), ['ios']);
    assert.deepEqual(storesFor('Mozilla/5.0 (X11; Linux x86_64)'), ['android', 'ios']);
  });
});

describe('days and moments', () => {
  const late = '2026-03-01T23:30:00Z';

  /** In a zone as a browser has it: of Node, by its environment. */
  function inZone(zone, action) {
    const before = process.env.TZ;
    process.env.TZ = zone;
    try {
      return action();
    } finally {
      process.env.TZ = before ?? '';
      if (before === undefined) {
        delete process.env.TZ;
      }
    }
  }

  it('are the same day everywhere', () => {
    for (const zone of ['Pacific/Kiritimati', 'UTC', 'America/Mexico_City', 'Pacific/Pago_Pago']) {
      assert.equal(
        inZone(zone, () => dayOf(late, 'en')),
        'March 1, 2026',
        zone,
      );
    }
  });

  it('are told in the zone of the reader, which is named', () => {
    assert.match(
      inZone('Pacific/Kiritimati', () => momentOf(late, 'en')),
      /March 2, 2026.*01:30.*GMT\+14/,
    );
    assert.match(
      inZone('America/Mexico_City', () => momentOf(late, 'en')),
      /March 1, 2026.*05:30.*(?:CST|GMT-6)/,
    );
    assert.match(
      inZone('Asia/Kolkata', () => momentOf(late, 'es-419')),
      /2 de marzo de 2026.*(?:IST|GMT\+5:30)/,
    );
  });

  it('are counted in whole minutes, and never below none', () => {
    const now = Date.parse('2026-11-22T10:00:00Z');
    assert.equal(minutesLeft('2026-11-22T10:09:59Z', now), 9);
    assert.equal(minutesLeft('2026-11-22T10:00:30+00:00', now), 0);
    assert.equal(minutesLeft('2026-11-22T09:00:00Z', now), 0);
    assert.equal(minutesLeft('never', now), 0);
    assert.equal(isOver('2026-11-22T10:00:00Z', now), true);
    assert.equal(isOver('2026-11-22T10:00:01Z', now), false);
    assert.equal(isOver('never', now), false);
  });
});

describe('what is shown', () => {
  it('puts values of one fact under one term', () => {
    const facts = ['tag', 'tag', 'issuer', 'tag'].map((fact, index) => ({fact, value: String(index), form: 'text'}));
    const rows = rowsOf(facts).map(({code, values}) => [code, values.map(({value}) => value)]);
    assert.deepEqual(rows, [
      ['tag', ['0', '1']],
      ['issuer', ['2']],
      ['tag', ['3']],
    ]);
  });

  it('reads what was escaped in Markdown as it is meant', () => {
    assert.equal(unescaped('Pass \\<X\\> \\a \\\\'), 'Pass <X> \\a \\');
  });

  it('follows no link that would run something', () => {
    for (const good of [
      'https://a.example/',
      'http://a.example/',
      'dccrequest://request?x=1',
      '/page',
      'openid-credential-offer://?a',
    ]) {
      assert.equal(isLink(good), true, good);
    }
    for (const bad of [
      'javascript:alert(1)',
      ' JAVASCRIPT:alert(1)',
      'java\nscript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'blob:x',
      'file:///x',
      'https://',
      null,
      7,
    ]) {
      assert.equal(isLink(bad), false, String(bad));
    }
  });

  it('names files by their title, in any script, and nothing that a disk refuses', () => {
    const uuid = '1a2b3c4d-0000-4000-8000-000000000000';
    const name = (title) => fileName({uuid, title}, 'png');
    assert.equal(name('Introduction to Computing'), 'Introduction-to-Computing-1a2b3c4d.png');
    assert.equal(name('مقدمة في الحوسبة'), 'مقدمة-في-الحوسبة-1a2b3c4d.png');
    assert.equal(name('../../etc/passwd\u0000:*?"<>|'), 'etc-passwd-1a2b3c4d.png');
    assert.equal(name('\u202Egnp.exe'), 'gnp-exe-1a2b3c4d.png');
    assert.equal(name(''), 'credential-1a2b3c4d.png');
    assert.equal(name('😀'.repeat(9)), 'credential-1a2b3c4d.png');
    assert.ok([...name('x'.repeat(500))].length < 80);
    assert.equal(fileName({uuid, title: 'Computing'}, 'anchored'), 'Computing-1a2b3c4d-anchored.json');
  });
});

describe('an action', () => {
  /** As much of a control as is asked of one. */
  function control(key) {
    const attributes = new Map();
    return {
      dataset: {ovcKey: key},
      setAttribute: (name, value) => attributes.set(name, value),
      removeAttribute: (name) => attributes.delete(name),
      isDisabled: () => attributes.get('aria-disabled') === 'true',
    };
  }

  it('runs once however often it is asked for, and its controls say so', async () => {
    const [mine, other] = [control('a'), control('b')];
    const once = new Once({querySelectorAll: () => [mine, other]});
    let runs = 0;
    let end;
    const action = () => {
      runs += 1;
      return new Promise((resolve) => (end = resolve));
    };
    const first = once.run('a', action);
    const second = once.run('a', action);
    await settle();
    assert.equal(first, second);
    assert.equal(runs, 1);
    assert.deepEqual([mine.isDisabled(), other.isDisabled()], [true, false]);
    end('done');
    assert.equal(await second, 'done');
    assert.equal(mine.isDisabled(), false);
    once.run('a', action);
    await settle();
    assert.equal(runs, 2);
  });

  it('that fails can be done again', async () => {
    const once = new Once({querySelectorAll: () => []});
    await assert.rejects(
      once.run('a', () => Promise.reject(new Error('no'))),
      /no/,
    );
    await assert.rejects(
      once.run('a', () => {
        throw new Error('at once');
      }),
      /at once/,
    );
    assert.equal(once.has('a'), false);
    assert.equal(await once.run('a', () => 7), 7);
  });
});
