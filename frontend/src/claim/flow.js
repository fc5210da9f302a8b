/** The way from chosen certificates to a wallet or files: one step at a time, in the place of the lists. */
import {Choice} from './choice.js';
import {DoneStep} from './done.js';
import {element, redraw} from './html.js';
import {OfferStep} from './offer.js';
import {Review} from './review.js';

export class Flow {
  /** @param {object} app */
  constructor(app) {
    this.app = app;
    this.place = element('section', {class: 'ovc-flow', hidden: true, 'aria-labelledby': app.id('flow')});
    this.step = null;
    this.ending = new AbortController();
  }

  /** With the certificates that were chosen, and the wallets that there are. */
  begin(certificates, wallets) {
    this.#go(new Review(this, new Choice(certificates, wallets)));
  }

  /** Makes an offer of the choice, or the files at once. Throws ClaimError, and what isAbort knows. */
  async make(choice) {
    const {api} = this.app;
    const {signal} = this.ending;
    const offer = await api.makeOffer(choice.request, signal);
    if (!choice.isToFile) {
      this.#go(new OfferStep(this, choice, offer));
      return;
    }
    const {credentials} = await api.download(offer.offer, signal);
    this.done('downloaded', choice, credentials);
  }

  /** What is over is over: certificates are chosen anew, and both lists are asked for again. */
  done(way, choice, uuids) {
    this.app.ready.chosen.clear();
    this.app.tell('ovc-claimed', {way, certificates: choice.certificates.map(({uuid}) => uuid)});
    this.#go(new DoneStep(this, choice, {way, uuids}));
    this.app.ready.load(1);
    this.app.issued.load(1);
  }

  /** The list of credentials is another one, and with it the files of those that were just made. */
  listed() {
    if (this.step instanceof DoneStep) {
      this.render();
    }
  }

  /** Back to the lists. */
  end() {
    const wasOffered = this.step instanceof OfferStep;
    this.#go(null);
    if (wasOffered) {
      this.app.reload();
    }
    this.app.focusOn(this.app.ready.place.querySelector('[tabindex="-1"]'));
  }

  /** Requests for the step before are not waited for any more. */
  #go(step) {
    this.step?.leave();
    this.ending.abort();
    this.ending = new AbortController();
    this.step = step;
    this.app.show(step === null ? 'lists' : step instanceof DoneStep ? 'done' : 'flow');
    this.render({focus: step !== null});
    step?.enter();
  }

  stop() {
    this.ending.abort();
    this.ending = new AbortController();
    this.step?.leave();
  }

  goOn() {
    this.step?.resume();
  }

  /** @param {{focus?: boolean}} [options] `focus`: the step has become another one, which is read from its heading on */
  render({focus = false} = {}) {
    const {app, step} = this;
    if (!step) {
      this.place.replaceChildren();
      return;
    }
    const heading = app.heading(0, {id: app.id('flow'), 'data-ovc-key': 'flow-title'}, step.title);
    redraw(this.place, heading, ...step.content());
    if (focus) {
      app.focusOn(heading);
    }
  }
}
