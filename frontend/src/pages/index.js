/** The scripts of the pages by the value of `data-ovc-page`. Each is a function of the main element. */
export const PAGES = {};
