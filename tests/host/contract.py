"""What we rely on in the Credentials service, read from running code.

Needs a configured Django with ``credentials`` importable: the stand-in or the service itself. No pytest here, so that
the real service's interpreter can run it too.
"""

import importlib
import inspect
import json
from pathlib import Path

CONTRACT = json.loads(Path(__file__).with_name("contract.json").read_text(encoding="utf-8"))
FLAGS = ("null", "blank", "unique", "db_index", "primary_key")
# A primary key or a unique column says nothing more by these.
ALWAYS_TRUE_FOR_KEYS = ("unique", "db_index")


def model_differences(label):
    """Lines that say where the model differs from the contract; none when it holds."""
    from django.apps import apps

    expected = CONTRACT["models"][label]
    try:
        model = apps.get_model(label)
    except LookupError:
        return [f"no model {label}"]
    found = describe_model(model)
    lines = []
    for key in ("module", "table", "unique_together", "ordering", "generic_foreign_keys", "generic_relations"):
        if found[key] != expected[key]:
            lines.append(f"{key}: {found[key]!r} instead of {expected[key]!r}")
    lines += _missing_items("base", expected["bases"], found["bases"])
    lines += _field_differences(expected["fields"], found["fields"])
    for accessor, remote in expected["reverse"].items():
        if found["reverse"].get(accessor) != remote:
            lines.append(f"reverse {accessor}: {found['reverse'].get(accessor)!r} instead of {remote!r}")
    for name, kind in expected["members"].items():
        if kind_of_member(model, name) != kind:
            lines.append(f"member {name}: {kind_of_member(model, name)!r} instead of {kind!r}")
    return lines


def function_differences(path):
    """Lines that say where a function's parameters differ from the contract."""
    module, _, name = path.rpartition(".")
    function = getattr(importlib.import_module(module), name, None)
    if function is None:
        return [f"no function {path}"]
    found = [
        str(parameter.replace(annotation=parameter.empty))
        for parameter in inspect.signature(function).parameters.values()
    ]
    expected = CONTRACT["functions"][path]
    return [] if found == expected else [f"parameters {found} instead of {expected}"]


def constant(path):
    """The value at a dotted path, which may end inside a class."""
    parts = path.split(".")
    for size in range(len(parts) - 1, 0, -1):
        try:
            value = importlib.import_module(".".join(parts[:size]))
        except ModuleNotFoundError:
            continue
        for name in parts[size:]:
            value = getattr(value, name)
        return value
    raise LookupError(path)


def settings_differences(settings):
    """Lines that say where settings differ from the contract; lists of apps and middleware are compared in order."""
    lines = []
    for name, expected in CONTRACT["settings"].items():
        found = plain(getattr(settings, name, None))
        if found != expected:
            lines.append(f"{name}: {found!r} instead of {expected!r}")
    for name, expected in CONTRACT["ordered_settings"].items():
        found = [item for item in getattr(settings, name) if item in expected]
        if found != expected:
            lines.append(f"order of {name}: {found!r} instead of {expected!r}")
    return lines


def describe_model(model):
    """The facts of one model, in the contract's shape."""
    meta = model._meta
    return {
        "module": model.__module__,
        "table": meta.db_table,
        "bases": [base.__name__ for base in model.__mro__[1:] if base.__module__ not in ("builtins",)],
        "unique_together": sorted(sorted(names) for names in meta.unique_together),
        "ordering": list(meta.ordering),
        "fields": {field.name: describe_field(field) for field in meta.get_fields() if _is_own(field)},
        "generic_foreign_keys": {
            field.name: [field.ct_field, field.fk_field]
            for field in meta.private_fields
            if type(field).__name__ == "GenericForeignKey"
        },
        "generic_relations": {
            field.name: [field.related_model._meta.label, field.remote_field.related_query_name]
            for field in meta.private_fields
            if type(field).__name__ == "GenericRelation"
        },
        "reverse": _describe_reverse(meta),
    }


def describe_field(field):
    """The facts of one field; what is false or absent is left out."""
    facts = {"class": type(field).__name__}
    facts.update({flag: True for flag in FLAGS if getattr(field, flag, False)})
    if field.name == "id" or facts.get("primary_key"):
        facts = {key: value for key, value in facts.items() if key not in ("db_index", "unique", "blank")}
    if facts.get("unique"):
        facts.pop("db_index", None)
    if getattr(field, "max_length", None):
        facts["max_length"] = field.max_length
    if field.choices:
        facts["choices"] = [value for value, _ in field.choices]
    if field.is_relation:
        facts["to"] = field.related_model._meta.label
        facts["accessor"] = field.remote_field.get_accessor_name()
        if field.many_to_many:
            facts["table"] = field.m2m_db_table()
        else:
            facts["on_delete"] = field.remote_field.on_delete.__name__
    return facts


def kind_of_member(model, name):
    """property, cached_property, method or None."""
    from django.utils.functional import cached_property

    member = inspect.getattr_static(model, name, None)
    if isinstance(member, cached_property):
        return "cached_property"
    if isinstance(member, property):
        return "property"
    return "method" if callable(member) else None


def plain(value):
    """Tuples as lists, all the way down, as JSON has them."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def _is_own(field):
    return field.concrete and (field.column is not None or field.many_to_many)


def _describe_reverse(meta):
    names = {}
    for relation in meta.related_objects:
        names[relation.get_accessor_name()] = relation.related_model._meta.label
    return names


def _field_differences(expected, found):
    lines = _missing_items("field", expected, found)
    lines += [f"field {name}: the service has none" for name in found if name not in expected]
    for name in expected:
        if name in found and found[name] != expected[name]:
            lines.append(f"field {name}: {found[name]!r} instead of {expected[name]!r}")
    return lines


def _missing_items(noun, expected, found):
    return [f"{noun} {name}: missing" for name in expected if name not in found]
