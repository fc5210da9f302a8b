"""The served status lists, DID documents and key histories as files, for a plain web server or a CDN."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import gzip
import json
import logging
import zlib
from collections.abc import Iterator
from collections.abc import Mapping

from openedx_verifiable_credentials.adapters.export_directory import ExportDirectory
from openedx_verifiable_credentials.core import status_list as core
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.exceptions import StatusListError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps.publishing import bits_of
from openedx_verifiable_credentials.flows.steps.publishing import in_chunks
from openedx_verifiable_credentials.flows.steps.publishing import is_intact
from openedx_verifiable_credentials.models import PublishedList

logger = logging.getLogger(__name__)

_ZIPPED = ".gz"


@dataclasses.dataclass
class Exported:
    """How many documents were written, were there already, and could or must not be written."""

    written: int = 0
    unchanged: int = 0
    refused: int = 0
    _is_told: bool = False

    def count(self, written: bool) -> None:
        """One that is there now."""
        self.written += written
        self.unchanged += not written

    @contextlib.contextmanager
    def trying(self, path: str) -> Iterator[None]:
        """A file that cannot be written stops no other. One line in the log: a full disk refuses all of them."""
        try:
            yield
        except TransientError as error:
            self.refused += 1
            if not self._is_told:
                logger.error("%s was not exported: %s", path, error.message)
            self._is_told = True


def export(directory: ExportDirectory, others: Mapping[str, bytes], now: datetime.datetime) -> Exported:
    """
    Write every served list, and ``others`` (documents by path), to ``directory``, which is held already: what is read
    from now on is newer than what anybody has written there.

    A document that is damaged, over, or older than the one that is there is left out, with a line in the log; so is a
    revocation list that lacks a revocation of the one that is there.
    """
    result = Exported()
    rows = PublishedList.objects.select_related("status_list").defer(
        "status_list__bits", "status_list__suspension_bits"
    )
    for row in in_chunks(rows):
        name = str(row.status_list.uuid)
        path = core.STATUS_PATH.strip("/") + "/" + ListForm(row.form).path(name)
        with result.trying(path):
            problem = _problem(row, directory, path, now)
            if problem is not None:
                logger.error("Status list %s: its %s document was not exported: %s", name, row.form, problem)
                result.refused += 1
            else:
                files = {"": bytes(row.document), _ZIPPED: bytes(row.gzipped)}
                result.count(directory.write(path, files, row.version))
    for path, document in others.items():
        with result.trying(path):
            files = {"": document, _ZIPPED: gzip.compress(document, mtime=0)}
            result.count(directory.write(path, files, 0))
    return result


def _problem(row: PublishedList, directory: ExportDirectory, path: str, now: datetime.datetime) -> str | None:
    there = directory.version_of(path)
    if not is_intact(bytes(row.document), bytes(row.gzipped), row.sha256):
        return "it is damaged"
    if row.valid_until <= now:
        return "it is over"
    if row.version < there:
        return f"a newer one (version {there}) is there"
    if ListForm(row.form).purpose == v.REVOCATION and not _keeps_every_revocation(row, directory, path):
        return (
            f"version {row.version} lacks revocations of the one that is there. Was the database restored? Revoke "
            "again, then run vc_publish_status --rebuild --all; the how-to on publishing says how"
        )
    return None


def _keeps_every_revocation(row: PublishedList, directory: ExportDirectory, path: str) -> bool:
    """Version numbers alone do not tell: after a restore of the database they run again."""
    document, zipped = directory.read(path), directory.read(path + _ZIPPED)
    if document == bytes(row.document) and zipped == bytes(row.gzipped):
        return True
    bits = bits_of(row) or b""
    found = [_bits_in(one, ListForm(row.form)) for one in (document, _unzipped(zipped))]
    return all(core.keeps_every_bit(earlier, bits) for earlier in found if earlier is not None)


def _bits_in(document: bytes | None, form: ListForm) -> bytes | None:
    """Of an exported document; None where none can be read: that says nothing, and is replaced."""
    try:
        encoded = json.loads(document or b"")["credentialSubject"]["encodedList"]
        return core.decode(encoded, multibase=not form.is_2021)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, StatusListError):
        return None


def _unzipped(content: bytes | None) -> bytes | None:
    try:
        return gzip.decompress(content or b"")
    except (OSError, EOFError, zlib.error):
        return None
