/** Asking whether the wallet has fetched: how often, and when not. */
import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {ClaimError} from '../src/claim/errors.js';
import {FIRST_SECONDS, LONGEST_SECONDS, poll} from '../src/claim/poller.js';
import {FakeClock, FakePresence, settle} from './claim_clock.mjs';

const OPEN = {state: 'open'};

/** A poller with what it has asked, each at which second. */
function started({answer = () => OPEN, isOver = ({state}) => state !== 'open', ...patience} = {}) {
  const clock = new FakeClock();
  const presence = new FakePresence();
  const ending = new AbortController();
  const start = clock.now();
  const at = [];
  const troubles = [];
  const ask = async () => {
    at.push((clock.now() - start) / 1000);
    return answer(at.length);
  };
  const done = poll({
    ask,
    take: isOver,
    trouble: (error) => troubles.push(error.kind),
    signal: ending.signal,
    clock,
    presence,
    ...patience,
  });
  done.catch(() => {});
  return {clock, presence, ending, at, troubles, done};
}

describe('the poller', () => {
  it('asks soon at first, then less often, but never seldom', async () => {
    const {clock, at, ending} = started();
    await clock.advance(120);
    const gaps = at.map((second, index) => second - (at[index - 1] ?? 0));
    assert.equal(at[0], FIRST_SECONDS);
    assert.deepEqual(
      gaps,
      gaps.toSorted((one, other) => one - other),
    );
    assert.equal(gaps.at(-1), LONGEST_SECONDS);
    assert.ok(at.length < 20);
    ending.abort();
  });

  it('has the patience that it is told to have', async () => {
    const {clock, at, ending} = started({first: 20, longest: 40});
    await clock.advance(300);
    assert.deepEqual(at.slice(0, 2), [20, 45]);
    assert.equal(at.at(-1) - at.at(-2), 40);
    ending.abort();
  });

  it('ends with the answer that it waits for', async () => {
    const {clock, at, done} = started({answer: (times) => (times < 3 ? OPEN : {state: 'claimed'})});
    await clock.advance(60);
    await done;
    assert.equal(at.length, 3);
    assert.equal(clock.waiting, 0);
  });

  it('asks nothing while nobody is there, and at once when somebody is back', async () => {
    const {clock, presence, at, ending} = started();
    await clock.advance(30);
    await presence.leave();
    await clock.advance(LONGEST_SECONDS);
    const before = at.length;
    await clock.advance(600);
    assert.equal(at.length, before);
    await presence.comeBack();
    assert.equal(at.length, before + 1);
    await clock.advance(FIRST_SECONDS);
    assert.equal(at.length, before + 2, 'and soon again');
    ending.abort();
  });

  it('does not wait to its end for somebody who was away for a moment', async () => {
    const {clock, presence, at, ending} = started();
    await clock.advance(60);
    const before = at.length;
    await presence.leave();
    await presence.comeBack();
    assert.equal(at.length, before + 1);
    ending.abort();
  });

  it('stops with its signal, and leaves nothing that waits', async () => {
    for (const isAway of [false, true]) {
      const {clock, presence, at, ending, done} = started();
      if (isAway) {
        await presence.leave();
        await clock.advance(LONGEST_SECONDS);
      }
      const before = at.length;
      ending.abort();
      await assert.rejects(done, {name: 'AbortError'});
      await clock.advance(60);
      assert.equal(at.length, before);
      assert.equal(clock.waiting + presence.waiting, 0);
    }
  });

  it('goes on, slowly, after an answer that is missing', async () => {
    const kinds = ['network', 'server', 'throttled'];
    const {clock, at, troubles, done} = started({
      answer: (times) => {
        if (times <= kinds.length) {
          throw new ClaimError(kinds[times - 1], {wait: times === 3 ? 30 : null});
        }
        return {state: 'claimed'};
      },
    });
    await clock.advance(120);
    await done;
    assert.deepEqual(troubles, kinds);
    assert.deepEqual(at, [2, 12, 22, 52]);
  });

  it('gives up where asking again is of no use', async () => {
    for (const kind of ['session', 'off', 'refused']) {
      const {clock, at, done} = started({
        answer: () => {
          throw new ClaimError(kind);
        },
      });
      await clock.advance(60);
      await assert.rejects(done, {kind});
      assert.equal(at.length, 1);
    }
  });

  it('does not give an answer to one who has stopped waiting', async () => {
    let give;
    const taken = [];
    const {clock, ending, done} = started({
      answer: () => new Promise((resolve) => (give = resolve)),
      isOver: (answer) => taken.push(answer),
    });
    await clock.advance(FIRST_SECONDS);
    ending.abort();
    give({state: 'claimed'});
    await settle();
    await assert.rejects(done, {name: 'AbortError'});
    assert.deepEqual(taken, []);
  });
});
