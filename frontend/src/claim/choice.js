/** What the learner has chosen to claim: certificates, a wallet, and what is left out. Pure. */

/** In the order in which people think of themselves. */
export class Choice {
  /**
   * @param {object[]} certificates
   * @param {object[]} wallets all that there are, in their order
   */
  constructor(certificates, wallets) {
    this.certificates = certificates;
    this.wallets = wallets.filter(({id}) => certificates.every((each) => each.wallets.includes(id)));
    this.walletId = this.wallets[0]?.id ?? null;
    this.claims = [...new Set(certificates.flatMap((each) => each.claims ?? []))];
    this.leftOut = new Set();
  }

  get wallet() {
    return this.wallets.find(({id}) => id === this.walletId) ?? null;
  }

  /** Files, rather than an app. */
  get isToFile() {
    return this.wallet?.on_page === true;
  }

  choose(walletId) {
    this.walletId = walletId;
  }

  share(claim, isShared) {
    if (isShared) {
      this.leftOut.delete(claim);
    } else {
      this.leftOut.add(claim);
    }
  }

  /** What `init` and the preview are sent. */
  get request() {
    return {
      credential_uuids: this.certificates.map(({uuid}) => uuid),
      storage_id: this.walletId,
      leave_out: this.claims.filter((claim) => this.leftOut.has(claim)),
    };
  }
}
