/** Classes by theme: our own, or those of Paragon's style sheet on the page around. */

const PLAIN = {
  button: {
    main: 'ovc-button',
    plain: 'ovc-button ovc-button-plain',
    bad: 'ovc-button ovc-button-bad',
    quiet: 'ovc-button ovc-button-quiet',
  },
  notice: {
    bad: 'ovc-notice ovc-notice-bad',
    care: 'ovc-notice ovc-notice-care',
    good: 'ovc-notice ovc-notice-good',
    info: 'ovc-notice',
  },
};
const PARAGON = {
  button: {main: 'btn btn-primary', plain: 'btn btn-outline-primary', bad: 'btn btn-danger', quiet: 'btn btn-link'},
  notice: {
    bad: 'alert alert-danger',
    care: 'alert alert-warning',
    good: 'alert alert-success',
    info: 'alert alert-info',
  },
};

/** @param {?string} theme `paragon`, or our own */
export function looksOf(theme) {
  const {button, notice} = theme === 'paragon' ? PARAGON : PLAIN;
  return {
    button: (look) => button[look],
    notice: (tone) => notice[tone],
  };
}
