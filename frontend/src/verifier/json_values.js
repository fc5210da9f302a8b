/** Small questions about values as JSON has them. */

/** Whether `value` is a JSON object. */
export function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A member of an object, undefined where it has none of that name. */
export function member(object, name) {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A value that may stand alone or in an array, as an array; empty where there is none. */
export function listOf(value) {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** The types of a node that are text. */
export function typesOf(node) {
  return listOf(member(node, 'type')).filter((type) => typeof type === 'string');
}

/** Whether both are the same JSON, whatever the order of members. */
export function isEqual(first, second) {
  if (Array.isArray(first) || Array.isArray(second)) {
    return (
      Array.isArray(first) &&
      Array.isArray(second) &&
      first.length === second.length &&
      first.every((item, index) => isEqual(item, second[index]))
    );
  }
  if (!isObject(first) || !isObject(second)) {
    return first === second;
  }
  const names = Object.keys(first);
  return (
    names.length === Object.keys(second).length &&
    names.every((name) => Object.hasOwn(second, name) && isEqual(first[name], second[name]))
  );
}
