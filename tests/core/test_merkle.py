"""Trees, paths and what they refuse: held to another implementation of the same form."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import merkle
from openedx_verifiable_credentials.exceptions import AnchoringError
from tests import merkle as reference

batches = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70, unique=True)


def numbered(count):
    return sorted(hashlib.sha256(str(number).encode()).digest() for number in range(count))


def packed(path):
    return b"".join(bytes([side]) + sibling for side, sibling in path)


def walked(leaf, path):
    node = leaf
    for is_left, sibling in merkle.unpack(path):
        node = hashlib.sha256(sibling + node if is_left else node + sibling).digest()
    return node


def refused(function, *arguments):
    with pytest.raises(AnchoringError) as caught:
        function(*arguments)
    return caught.value.code


@pytest.mark.parametrize("count", [*range(1, 36), 63, 64, 65, 100, 1_000, 1_025])
def test_root_and_paths_are_those_of_another_implementation(count):
    leaves = numbered(count)
    tree = merkle.tree(leaves)
    root, paths = reference.tree(leaves)
    assert (tree.root, tree.leaves) == (root, tuple(leaves))
    assert list(tree.paths()) == [packed(path) for path in paths]
    assert [merkle.unpack(path) for path in tree.paths()] == [
        tuple((side == 0, sibling) for side, sibling in path) for path in paths
    ]


@given(batches)
def test_every_path_leads_from_its_leaf_to_the_root_and_from_no_other(batch):
    tree = merkle.tree(batch)
    for position, path in enumerate(tree.paths()):
        assert tree.path(position) == path
        assert [leaf for leaf in tree.leaves if walked(leaf, path) == tree.root] == [tree.leaves[position]]


@given(batches, st.randoms())
def test_the_order_in_which_leaves_come_changes_nothing(batch, chance):
    tree = merkle.tree(batch)
    assert list(tree.leaves) == sorted(batch)
    chance.shuffle(batch)
    assert merkle.tree(iter(batch)) == tree


def test_the_last_node_of_an_odd_row_moves_up_as_it_is():
    first, second, third = numbered(3)
    tree = merkle.tree([first, second, third])
    pair = hashlib.sha256(first + second).digest()
    assert tree.root == hashlib.sha256(pair + third).digest()
    assert tree.path(2) == b"\0" + pair
    assert tree.root != merkle.tree([first, second, hashlib.sha256(third + third).digest()]).root


def test_one_leaf_is_its_own_root():
    [leaf] = numbered(1)
    tree = merkle.tree([leaf])
    assert (tree.root, tree.path(0), list(tree.paths())) == (leaf, b"", [b""])


def test_there_are_no_other_positions():
    tree = merkle.tree(numbered(3))
    for position in (-1, 3):
        with pytest.raises(IndexError):
            tree.path(position)


def test_what_is_no_set_of_hashes_gets_no_tree():
    leaves = numbered(4)
    assert refused(merkle.tree, [*leaves, leaves[0]]) == "duplicate_leaf"
    assert refused(merkle.tree, [leaves[0]] * 2) == "duplicate_leaf"
    assert refused(merkle.tree, []) == "no_leaves"
    for wrong in (leaves[0][:31], leaves[0] + b"\0", b"", leaves[0] + leaves[1]):
        assert refused(merkle.tree, [*leaves, wrong]) == "bad_leaf"


def test_the_largest_batch_and_one_leaf_more():
    leaves = [number.to_bytes(32, "big") for number in range(merkle.MAX_LEAVES + 1)]
    tree = merkle.tree(leaves[:-1])
    assert {len(path) for path in tree.paths()} == {16 * merkle.STEP_BYTES}
    assert refused(merkle.tree, leaves) == "too_many_leaves"


@given(batches)
def test_a_path_tells_its_position(batch):
    count = len(batch)
    assert [merkle.position_of(path, count) for path in merkle.tree(batch).paths()] == list(range(count))


@given(count=st.integers(1, 200), sides=st.lists(st.integers(0, 1), max_size=9))
def test_steps_that_are_of_no_position_tell_none(count, sides):
    shapes = [path[:: merkle.STEP_BYTES] for path in merkle.tree(numbered(count)).paths()]
    path = b"".join(bytes([side]) + bytes(32) for side in sides)
    found = merkle.position_of(path, count)
    assert found == (shapes.index(bytes(sides)) if bytes(sides) in shapes else None)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, 100])
def test_a_path_that_was_cut_lengthened_or_turned_is_not_of_its_position(count):
    tree, step = merkle.tree(numbered(count)), merkle.STEP_BYTES
    for position, path in enumerate(tree.paths()):
        assert merkle.position_of(path, count) == position
        changed = [path + b"\1" + bytes(32), bytes(step) + path]
        if path:
            changed += [path[step:], path[:-step], bytes([1 - path[0]]) + path[1:]]
        assert position not in [merkle.position_of(other, count) for other in changed]
        for torn in (path + b"\0", (path or b"\0")[:-1] or b"\0", b"\2" + bytes(32) + path):
            assert refused(merkle.position_of, torn, count) == "bad_path"


def test_in_a_full_batch_every_path_is_as_long_as_it_is_high():
    for height in range(1, 9):
        count = 1 << height
        for length in range(height + 3):
            path = (b"\1" + bytes(32)) * length
            assert merkle.position_of(path, count) == (0 if length == height else None)


@pytest.mark.parametrize("path", [b"\0", b"\2" + bytes(32), bytes(32), bytes(34), bytes(66) + b"\1"])
def test_what_is_no_packed_path_is_refused(path):
    assert merkle.unpack(bytes(33)) == ((True, bytes(32)),)
    assert refused(merkle.unpack, path) == "bad_path"
