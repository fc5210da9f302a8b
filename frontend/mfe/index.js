/**
 * `<openedx-vc-claim>` as a widget of the profile MFE; docs/how-tos/profile-mfe.rst has the lines that put it there.
 *
 * Plain JavaScript with one export, so that it also works where no package is installed and nothing compiles JSX.
 */
import {createElement, useEffect, useRef, useState} from 'react';
import {getConfig} from '@edx/frontend-platform';
import {getAuthenticatedHttpClient, getAuthenticatedUser} from '@edx/frontend-platform/auth';
import {getLocale} from '@edx/frontend-platform/i18n';

const ELEMENT = 'openedx-vc-claim';
const DAY = 24 * 60 * 60 * 1000;
const loading = new Map();

/**
 * The widget: on one's own profile, where there is an address and the script was loaded; otherwise nothing.
 *
 * Its content may have `baseUrl`, the address of the Credentials service; `script`, that of claim.js where static files
 * are elsewhere; and `lang`, a language (BCP 47) instead of the learner's.
 */
export function VerifiableCredentials({content, ...properties}) {
  // Some slots hand over the content of their widgets as it is, others in pieces.
  const {baseUrl, script, lang} = {...properties, ...content};
  const base = (baseUrl || getConfig().CREDENTIALS_BASE_URL || '').replace(/\/+$/, '');
  // The name of the file never changes: by the day in its address no browser keeps an old one for longer than that.
  const address =
    script || `${base}/static/openedx_verifiable_credentials/claim.js?day=${Math.floor(Date.now() / DAY)}`;
  const language = lang || chosenLanguage() || getLocale();
  const isWanted = base !== '' && isOwnProfile();
  const [isLoaded, setIsLoaded] = useState(false);
  const place = useRef(null);

  useEffect(() => {
    let isMounted = isWanted;
    if (isWanted) {
      load(address).then((succeeded) => isMounted && setIsLoaded(succeeded));
    }
    return () => {
      isMounted = false;
    };
  }, [isWanted, address]);

  useEffect(() => {
    if (!isWanted || !isLoaded) {
      return undefined;
    }
    const element = document.createElement(ELEMENT);
    // Before it is in the page, since it asks as soon as it is there.
    element.client = getAuthenticatedHttpClient();
    element.setAttribute('api', `${base}/verifiable_credentials/api/v1/`);
    element.setAttribute('lang', language);
    element.setAttribute('login-url', getConfig().LOGIN_URL);
    element.setAttribute('theme', 'paragon');
    place.current.append(element);
    return () => element.remove();
  }, [isWanted, isLoaded, base, language]);

  return isWanted && isLoaded ? createElement('div', {ref: place}) : null;
}

/** Whether the page is the profile of who is logged in: the slot says nothing of it, and others' profiles have it, too. */
function isOwnProfile() {
  const user = getAuthenticatedUser();
  const [, shown] = /\/u\/([^/]+)\/?$/.exec(window.location.pathname) || [];
  return Boolean(user) && [user.username, encodeURI(user.username), encodeURIComponent(user.username)].includes(shown);
}

/** As the learner chose it, which getLocale() knows only where the MFE was built with that language. */
function chosenLanguage() {
  const start = `${getConfig().LANGUAGE_PREFERENCE_COOKIE_NAME}=`;
  const cookie = document.cookie.split('; ').find((each) => each.startsWith(start));
  return cookie && cookie.slice(start.length);
}

/** Resolves to whether the element is there; once per address, and anew after a failure. */
function load(address) {
  if (customElements.get(ELEMENT)) {
    return Promise.resolve(true);
  }
  if (!loading.has(address)) {
    const script = document.createElement('script');
    const ended = new Promise((resolve) => {
      script.onload = resolve;
      script.onerror = resolve;
    });
    script.src = address;
    document.head.append(script);
    loading.set(
      address,
      ended.then(() => {
        const succeeded = Boolean(customElements.get(ELEMENT));
        if (!succeeded) {
          loading.delete(address);
          script.remove();
        }
        return succeeded;
      }),
    );
  }
  return loading.get(address);
}
