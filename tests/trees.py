"""Walking and changing JSON documents, so that a test can visit every place of one."""

import copy


def paths(node, so_far=()):
    """The path of every node of ``node``, contexts left out; the root is ``()``."""
    yield so_far
    if isinstance(node, dict):
        for key, value in node.items():
            if key != "@context":
                yield from paths(value, (*so_far, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from paths(value, (*so_far, index))


def at(node, path):
    """The node at ``path``."""
    for step in path:
        node = node[step]
    return node


def objects(node):
    """The paths of every object of ``node``."""
    return [path for path in paths(node) if isinstance(at(node, path), dict)]


def changed(node, path, value):
    """A copy of ``node`` with ``value`` at ``path``."""
    if not path:
        return value
    node = copy.deepcopy(node)
    at(node, path[:-1])[path[-1]] = value
    return node


def without(node, path):
    """A copy of ``node`` without what stands at ``path``."""
    node = copy.deepcopy(node)
    del at(node, path[:-1])[path[-1]]
    return node


def name(path):
    """``path`` as the id of a test."""
    return ".".join(map(str, path)) or "root"
