"""Leaves are written when a credential is issued, in the same transaction, and stay when it is erased."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openedx_verifiable_credentials.api import anchor_leaves
from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.core import anchoring
from openedx_verifiable_credentials.core.templates.leaves import SignedHash
from openedx_verifiable_credentials.core.templates.slots import not_templatable
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.flows import backfill_leaves
from openedx_verifiable_credentials.flows.steps import leaves
from openedx_verifiable_credentials.models import AnchorLeaf
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from tests import asking
from tests import bulk
from tests import issuing
from tests import ledgers
from tests import reissued
from tests import seed
from tests.commands.run import run

pytestmark = pytest.mark.django_db(transaction=True)
FORMS = ("chained", "chained-bare", "single", "single-bare")


@pytest.fixture(name="anchored")
def anchoring_on(settings: Any) -> None:
    settings.OPENEDX_VC_ANCHORING = True


@pytest.fixture(name="course")
def course_of_a_web_issuer(site: Any, switched_on: Any, web_issuer: Any) -> Any:
    return seed.make_course(site)


@pytest.fixture(name="certificate")
def certificate_of_a_web_issuer(course: Any, ada: Any) -> Any:
    return seed.backdate(seed.award(ada, course), days=3)


@pytest.fixture(name="download")
def make_download(ada_client: Any) -> Any:
    def download(certificate: Any) -> Any:
        offer = asking.init(ada_client, certificate, wallet="download").json()["offer"]
        return ada_client.post(f"{asking.API}offers/{offer}/download/")

    return download


def expected_cover(profile_id: str, form: str) -> str:
    return "proof" if profile_id == "obv3-vc2" and form.startswith("chained") else "document"


def require_right(rows: Any, form: str = "chained") -> None:
    """Each of ``rows``, and nothing else, has the leaf of its document, which waits for a batch."""
    found = {leaf.credential_id: leaf for leaf in AnchorLeaf.objects.all()}
    assert found.keys() == {row.pk for row in rows} != set()
    for row in rows:
        leaf = found[row.pk]
        assert leaf.covers == expected_cover(row.profile_id, form)
        assert leaf.leaf == anchoring.leaf_of(reissued.document_of(row), leaf.covers).hex()
        assert leaf.batch_id is None


@pytest.mark.parametrize("form", FORMS)
def test_a_claim_has_its_leaf_and_claimed_again_no_other(anchored, settings, certificate, make_offer, wallet, form):
    settings.OPENEDX_VC_ANCHOR_FORM = form
    offer = make_offer(certificate)
    first, again = offer.claim(wallet), offer.claim(wallet)
    assert (first.status_code, again.content) == (201, first.content)
    [row] = Credential.objects.all()
    assert row.profile_id == "obv3-vc1"
    require_right([row], form)
    assert AnchorLeaf.objects.get().created == row.issued_at


@pytest.mark.parametrize("form", FORMS)
def test_a_download_has_its_leaf(anchored, settings, certificate, download, form):
    settings.OPENEDX_VC_ANCHOR_FORM = form
    assert download(certificate).status_code == 201
    [row] = Credential.objects.all()
    assert row.profile_id == "obv3-vc2"
    require_right([row], form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("profile_id", ["obv3-vc1", "obv3-vc2"])
def test_a_batch_has_its_leaves(anchored, settings, course, profile_id, form):
    settings.OPENEDX_VC_ANCHOR_FORM = form
    certificates = issuing.certificates(5, course)
    batch = bulk.order(profile_id=profile_id)
    type(certificates[0]).objects.filter(pk=certificates[0].pk).update(status="revoked")
    bulk.work(batch)
    progress = batches.look(batch)
    assert (progress.state, progress.issued, progress.refused) == ("done", 4, 1)
    assert Credential.objects.filter(shape__isnull=True).count() == 0
    require_right(Credential.objects.all(), form)
    again = bulk.issue(profile_id=profile_id)
    assert (again.issued, again.held) == (0, 4)
    require_right(Credential.objects.all(), form)


def test_what_goes_the_whole_way_has_its_leaf_as_well(anchored, course, monkeypatch):
    def refuse(*_: Any) -> bytes:
        raise not_templatable("Not today.")

    issuing.certificates(3, course)
    monkeypatch.setattr(SignedHash, "digest", refuse)
    assert bulk.issue().issued == 3
    assert Credential.objects.filter(shape__isnull=False).count() == 0
    require_right(Credential.objects.all())


@pytest.mark.parametrize("form", FORMS)
def test_what_is_signed_with_p256_has_its_leaf(settings, anchored, site, switched_on, download, ada, bob, form):
    settings.OPENEDX_VC_ANCHOR_FORM = form
    run("vc_create_issuer", "--name", "The Academy", "--did-method", "web", "--algorithm", "P-256")
    course = seed.make_course(site)
    certificate = seed.backdate(seed.award(ada, course), days=1)
    seed.backdate(seed.award(bob, course), days=1)
    assert download(certificate).status_code == 201
    assert bulk.issue(profile_id="obv3-vc2").issued == 1
    require_right(Credential.objects.all(), form)


@pytest.mark.parametrize("profile_id", ["obv3-vc1", "obv3-vc2"])
def test_what_is_issued_anew_has_a_leaf_of_its_own(anchored, course, profile_id, ada):
    seed.backdate(seed.award(ada, course), days=1)
    bulk.issue(profile_id=profile_id)
    [old] = Credential.objects.all()
    reissued.rename(ada)
    assert reissued.reissue(old).reissued == 1
    require_right(Credential.objects.all())
    assert AnchorLeaf.objects.count() == 2


@pytest.mark.parametrize("profile_id", ["obv3-vc1", "obv3-vc2"])
def test_nothing_is_computed_or_written_while_anchoring_is_off(course, profile_id, monkeypatch):
    monkeypatch.setattr(leaves, "leaf_of", None)
    issuing.certificates(3, course)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert bulk.issue(profile_id=profile_id).issued == 3
    assert not [one for one in queries.captured_queries if "anchor" in one["sql"].lower()]
    assert not AnchorLeaf.objects.exists()


def test_credentials_of_a_did_key_have_no_leaves(anchored, course_certificate, make_offer, wallet, ada):
    assert bulk.issue().issued == 1
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    reissued.rename(ada)
    assert reissued.reissue(*Credential.objects.all()).reissued == 2
    assert not AnchorLeaf.objects.exists()


def test_the_leaf_outlives_the_document(anchored, certificate, make_offer, wallet):
    make_offer(certificate).claim(wallet)
    before = AnchorLeaf.objects.values().get()
    erasing.erase_by_username("ada")
    assert Credential.objects.get().sealed_document is None
    assert AnchorLeaf.objects.values().get() == before


class TestADocumentWithoutLeaf:
    """What no leaf can be computed of is issued all the same, and told of; it gets its leaf once it can."""

    @pytest.fixture(autouse=True, name="odd")
    def make_odd(self, anchored: None) -> Any:
        def refuse(*_: Any) -> bytes:
            raise AnchoringError("not_canonical", "Not this one.")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(leaves.anchoring, "leaf_of", refuse)
            yield patch

    def require_told_and_filled_in(self, odd: Any, caplog: Any) -> None:
        assert not AnchorLeaf.objects.exists()
        live = Credential.objects.filter(state="issued")
        for row in live:
            assert f"Credential {row.uuid} has no leaf: not_canonical" in caplog.messages
        odd.undo()
        [*_, told] = anchor_leaves.backfill()
        assert told.written == live.count()
        require_right(live)

    def test_a_claim_succeeds(self, odd, caplog, certificate, make_offer, wallet):
        assert make_offer(certificate).claim(wallet).status_code == 201
        self.require_told_and_filled_in(odd, caplog)

    def test_what_is_issued_anew_succeeds(self, odd, caplog, settings, course, ada):
        seed.backdate(seed.award(ada, course), days=1)
        settings.OPENEDX_VC_ANCHORING = False
        assert bulk.issue().issued == 1
        settings.OPENEDX_VC_ANCHORING = True
        reissued.rename(ada)
        assert reissued.reissue(*Credential.objects.all()).reissued == 1
        self.require_told_and_filled_in(odd, caplog)

    def test_a_part_that_goes_the_whole_way_succeeds(self, odd, caplog, course):
        def refuse(*_: Any) -> bytes:
            raise not_templatable("Not today.")

        issuing.certificates(3, course)
        odd.setattr(SignedHash, "digest", refuse)
        assert bulk.issue().issued == 3
        self.require_told_and_filled_in(odd, caplog)


class TestAllOrNothing:
    """A database that fails when leaves are written."""

    @pytest.fixture(autouse=True, name="failing")
    def make_failing(self, anchored: None, monkeypatch: pytest.MonkeyPatch) -> Any:
        self.fails = True
        insert_alike = leaves.insert_alike

        def fail(*arguments: Any) -> None:
            if self.fails:
                raise OperationalError(2006, "Server has gone away")
            insert_alike(*arguments)

        monkeypatch.setattr(leaves, "insert_alike", fail)

    def test_a_claim_without_its_leaf_is_no_claim(self, certificate, make_offer, wallet):
        offer = make_offer(certificate)
        assert offer.claim(wallet).status_code == 500
        assert Credential.objects.get().state == "intended"
        assert not Event.objects.filter(kind="credential.issued").exists()
        self.fails = False
        assert offer.claim(wallet).status_code == 201
        require_right(Credential.objects.all())

    def test_a_part_without_its_leaves_is_no_part(self, course):
        issuing.certificates(3, course)
        batch = bulk.order()
        assert [one.problem for one in bulk.work(batch)] == ["database_failed"]
        assert (Credential.objects.count(), AnchorLeaf.objects.count()) == (0, 0)
        self.fails = False
        bulk.work_patiently(batch)
        assert batches.look(batch).issued == 3
        require_right(Credential.objects.all())
        ledgers.require_sound()

    def test_without_a_leaf_the_old_one_stands(self, course, ada):
        seed.backdate(seed.award(ada, course), days=1)
        self.fails = False
        bulk.issue()
        self.fails = True
        reissued.rename(ada)
        with pytest.raises(OperationalError):
            reissued.reissue(*Credential.objects.all())
        assert sorted(Credential.objects.values_list("state", flat=True)) == ["abandoned", "issued"]
        require_right(Credential.objects.filter(state="issued"))


class TestABrokenTemplate:
    """It makes another leaf than the whole way."""

    @pytest.fixture(autouse=True)
    def make_anchored(self, anchored: None) -> None:
        """Anchoring is on."""

    def test_it_releases_nothing_and_repaired_it_goes_on(self, course):
        issuing.certificates(3, course)
        batch = bulk.order()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SignedHash, "digest", lambda *_: bytes(32))
            assert [one.problem for one in bulk.work(batch)] == ["template_mismatch"]
            assert (Credential.objects.count(), AnchorLeaf.objects.count()) == (0, 0)
            assert (batches.look(batch).state, batches.look(batch).problem) == ("stopped", "template_mismatch")
        batches.resume(batch)
        bulk.work_patiently(batch)
        assert batches.look(batch).issued == 3
        require_right(Credential.objects.all())

    def test_one_that_breaks_later_is_found_by_the_sample(self, settings, course):
        settings.OPENEDX_VC_BULK_SAMPLE = 1
        issuing.certificates(9, course)
        batch, digest, before = bulk.order(), SignedHash.digest, []

        def digest_of_the_first(self: SignedHash, values: list[bytes]) -> bytes:
            before.append(values)
            return digest(self, before[0])

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SignedHash, "digest", digest_of_the_first)
            bulk.work_patiently(batch)
        assert batches.look(batch).problem == "template_mismatch"
        assert (Credential.objects.count(), AnchorLeaf.objects.count()) == (0, 0)

    def test_it_is_found_though_the_same_template_was_checked_while_anchoring_was_off(self, settings, course):
        worker = batches.Worker()
        settings.OPENEDX_VC_ANCHORING = False
        [*issuing.certificates(2, course)]
        batch = bulk.order(most=1)
        bulk.work(batch, worker)
        settings.OPENEDX_VC_ANCHORING = True
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SignedHash, "digest", lambda *_: bytes(32))
            second = bulk.order()
            bulk.work(second, worker)
        assert batches.look(second).problem == "template_mismatch"
        assert not AnchorLeaf.objects.exists()


class TestBackfill:
    """Leaves of what was issued while anchoring was off."""

    @pytest.fixture(name="issued")
    def make_issued(self, settings: Any, course: Any, make_offer: Any, wallet: Any, ada: Any) -> list[Credential]:
        """Of a batch, of a claim; of another one that has its leaf."""
        issuing.certificates(3, course)
        bulk.issue()
        bulk.issue(profile_id="obv3-vc1")
        make_offer(seed.backdate(seed.award(ada, course), days=3)).claim(wallet)
        settings.OPENEDX_VC_ANCHORING = True
        issuing.certificates(1, course)
        assert (bulk.issue().issued, AnchorLeaf.objects.count()) == (2, 2)
        rows = list(Credential.objects.order_by("pk"))
        assert len(rows) == 9
        return rows

    @pytest.fixture(autouse=True)
    def in_parts_of_two(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(backfill_leaves, "_AT_ONCE", 2)

    @pytest.mark.parametrize("form", FORMS)
    def test_each_gets_the_leaf_that_it_would_have_got(self, settings, issued, form):
        settings.OPENEDX_VC_ANCHOR_FORM = form
        AnchorLeaf.objects.all().delete()
        seen = [(one.looked_at, one.written) for one in anchor_leaves.backfill()]
        assert seen == [(2, 2), (4, 4), (6, 6), (8, 8), (9, 9)]
        require_right(issued, form)

    def test_a_second_run_has_nothing_to_do(self, issued):
        *_, done = anchor_leaves.backfill()
        assert (done.total, done.looked_at, done.written) == (7, 7, 7)
        before = list(AnchorLeaf.objects.values())
        assert list(anchor_leaves.backfill()) == []
        assert list(AnchorLeaf.objects.values()) == before

    def test_stopped_anywhere_the_next_run_goes_on(self, issued):
        next(iter(anchor_leaves.backfill()))
        assert AnchorLeaf.objects.count() == 4
        *_, done = anchor_leaves.backfill()
        assert (done.total, done.written) == (5, 5)
        require_right(issued)

    def test_what_ended_and_what_was_erased_gets_none(self, issued):
        gone = [row for row in issued if not AnchorLeaf.objects.filter(credential=row).exists()][:2]
        Credential.objects.filter(pk=gone[0].pk).update(state="revoked", live_key=None)
        erasing.erase_by_username("ada")
        Credential.objects.filter(pk=gone[1].pk).update(sealed_document=None)
        list(anchor_leaves.backfill())
        left = [row for row in Credential.objects.filter(state="issued") if row.sealed_document is not None]
        assert len(left) < len(issued) - 2
        leaf_of = set(AnchorLeaf.objects.values_list("credential_id", flat=True))
        assert leaf_of >= {row.pk for row in left}
        assert not leaf_of & {row.pk for row in gone}

    def meanwhile(self, act: Any) -> anchor_leaves.Backfill:
        """``act`` is done when the first leaf is computed, and not yet written."""
        done: list[bool] = []

        def leaf_of(raw: bytes, covers: Any) -> Any:
            if not done:
                done.append(True)
                act()
            return real(raw, covers)

        real = leaves.leaf_of
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(leaves, "leaf_of", leaf_of)
            *_, result = anchor_leaves.backfill()
        return result

    def test_what_is_erased_or_ends_meanwhile_gets_none(self, issued):
        first, second = [row for row in issued if not AnchorLeaf.objects.filter(credential=row).exists()][:2]

        def end() -> None:
            Credential.objects.filter(pk=first.pk).update(state="revoked", live_key=None)
            Credential.objects.filter(pk=second.pk).update(sealed_document=None)

        result = self.meanwhile(end)
        assert (result.total, result.looked_at, result.passed, result.written) == (7, 7, 2, 5)
        assert not AnchorLeaf.objects.filter(credential__in=[first.pk, second.pk]).exists()

    def test_two_runs_at_once_write_each_leaf_once(self, issued):
        others: list[anchor_leaves.Backfill] = []
        result = self.meanwhile(lambda: others.extend(anchor_leaves.backfill()))
        assert (others[-1].written, result.written, result.passed) == (7, 0, 2)
        require_right(issued)

    def test_a_document_that_does_not_open_keeps_no_other_from_its_leaf(self, issued, caplog):
        bad = next(row for row in issued if not AnchorLeaf.objects.filter(credential=row).exists())
        Credential.objects.filter(pk=bad.pk).update(sealed_document=b"damaged")
        *_, done = anchor_leaves.backfill()
        assert (done.looked_at, done.written, dict(done.failed)) == (7, 6, {"not_opened": 1})
        assert str(bad.uuid) in caplog.text
        require_right([row for row in issued if row.pk != bad.pk])

    def test_a_did_key_issuers_credentials_get_none(self, settings, ready, ada):
        seed.backdate(seed.award(ada, seed.make_course(ready)), days=1)
        bulk.issue()
        settings.OPENEDX_VC_ANCHORING = True
        assert list(anchor_leaves.backfill()) == []
        assert not AnchorLeaf.objects.exists()

    def test_while_anchoring_is_off_nothing_is_done(self, settings, issued):
        settings.OPENEDX_VC_ANCHORING = False
        with pytest.raises(ConfigurationError, match="ANCHORING is False"):
            anchor_leaves.backfill()
        assert AnchorLeaf.objects.count() == 2
