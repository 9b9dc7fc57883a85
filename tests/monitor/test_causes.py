"""What stands out among vendors that fail at the same time."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.shared import SharedKind, Trait
from monitor.causes import FEWEST_VENDORS, CommonLook, SharedCause, shared_causes

NET = Trait(SharedKind.NETWORK, "203.0.113.0/24")
OTHER_NET = Trait(SharedKind.NETWORK, "198.51.100.0/24")
FAR_NET = Trait(SharedKind.NETWORK, "192.0.2.0/24")
CA = Trait(SharedKind.ISSUER, "R11 (Let's Encrypt)")
OTHER_CA = Trait(SharedKind.ISSUER, "E7")
PAGES = Trait(SharedKind.STATUS_HOST, "status.shared.test")
OTHER_PAGES = Trait(SharedKind.STATUS_HOST, "status.other.test")


def bad(vendors: str, *traits: Trait) -> list[CommonLook]:
    """A failing target of each of *vendors*, which are single letters."""
    return [CommonLook(vendor, traits, traits) for vendor in vendors]


def well(vendors: str, *traits: Trait) -> list[CommonLook]:
    return [CommonLook(vendor, traits) for vendor in vendors]


def found(*looks: Iterable[CommonLook]) -> list[tuple[Trait, str]]:
    """What is named for *looks*, and for which vendors."""
    return [(cause.trait, "".join(cause.vendors)) for cause in shared_causes([each for some in looks for each in some])]


@pytest.mark.parametrize(
    ("looks", "causes"),
    [
        pytest.param([bad("abc", NET), well("d", OTHER_NET)], [(NET, "abc")], id="three of three"),
        pytest.param([bad("abcdefg", NET), well("hij", NET), well("klm", FAR_NET)], [(NET, "abcdefg")], id="seven of ten"),
        pytest.param([bad("abcdef", NET), well("hij", NET), well("klm", FAR_NET)], [], id="six of nine"),
        pytest.param([bad("ab", NET), well("d", OTHER_NET)], [], id="two are chance"),
        pytest.param([bad("aaa", NET), bad("b", NET), well("d", OTHER_NET)], [], id="many targets of two vendors"),
        pytest.param([bad("abc", NET)], [], id="nobody to compare with"),
        pytest.param([bad("abc", NET), bad("de", FAR_NET), well("fg", OTHER_NET)], [], id="half of the others fail as well"),
        pytest.param(
            [bad("abc", NET), bad("d", FAR_NET), well("fg", OTHER_NET)], [(NET, "abc")], id="a third of the others"
        ),
        pytest.param([bad("abc", NET), bad("def", OTHER_NET)], [], id="everything fails"),
        pytest.param([bad("abc"), well("d", NET)], [], id="nothing in common"),
        pytest.param([bad("abc", CA), well("d", OTHER_CA)], [(CA, "abc")], id="an issuer"),
        pytest.param([bad("abc", CA), well("d", NET)], [], id="those with another kind of thing are no comparison"),
        pytest.param([bad("abc", PAGES), well("d", OTHER_PAGES)], [(PAGES, "abc")], id="a host of pages"),
        pytest.param(
            [bad("abc", NET, CA), well("d", OTHER_NET, OTHER_CA)], [(NET, "abc")], id="a network says more than an issuer"
        ),
        pytest.param(
            [bad("abc", NET, CA), bad("efg", CA), well("dhijklmnop", OTHER_NET, OTHER_CA)],
            [(CA, "abcefg"), (NET, "abc")],
            id="an issuer of which a network is only a part",
        ),
        pytest.param(
            [bad("abc", NET, CA), bad("ef", FAR_NET, CA), well("dhijkl", OTHER_NET, OTHER_CA)],
            [(NET, "abc")],
            id="two more are no other cause",
        ),
        pytest.param(
            [bad("abc", NET), bad("abc", FAR_NET), well("d", OTHER_NET)], [(FAR_NET, "abc")], id="two networks of the same"
        ),
        pytest.param(
            [bad("abc", NET), bad("abc", PAGES), well("d", OTHER_NET), well("d", OTHER_PAGES)],
            [(NET, "abc"), (PAGES, "abc")],
            id="a page that cannot be read is another failure",
        ),
        pytest.param(
            [bad("abc", NET), bad("efgh", FAR_NET), well("dijklmnopq", OTHER_NET)],
            [(FAR_NET, "efgh"), (NET, "abc")],
            id="the largest first",
        ),
    ],
)
def test_what_stands_out(looks: list[list[CommonLook]], causes: list[tuple[Trait, str]]) -> None:
    named = found(*looks)
    assert sorted(named) == sorted(causes)
    assert [len(vendors) for _, vendors in named] == sorted((len(vendors) for _, vendors in named), reverse=True)


def test_a_target_that_fails_for_another_reason_shares_and_does_not_fail_by_it() -> None:
    refused = [CommonLook(vendor, (NET, CA), (NET,)) for vendor in "abc"]
    assert found(refused, well("d", OTHER_NET, OTHER_CA)) == [(NET, "abc")]
    assert found([CommonLook(vendor, (CA,)) for vendor in "abc"], well("d", OTHER_CA)) == []


def test_a_vendor_with_one_target_of_many_that_fails_has_failed() -> None:
    assert found(well("abc", NET), bad("abc", NET), well("d", OTHER_NET)) == [(NET, "abc")]


@pytest.mark.parametrize(
    ("trait", "vendors", "text"),
    [
        (NET, "abc", "3 vendors behind 203.0.113.0/24 fail together: a, b, c"),
        (CA, "abcd", "4 vendors with certificates of R11 (Let's Encrypt) fail together: a, b, c, d"),
        (PAGES, "abcdef", "the pages of 6 vendors on status.shared.test cannot be read: a, b, c, d, e, f"),
        (NET, "abcdefg", "7 vendors behind 203.0.113.0/24 fail together: a, b, c, d, e and 2 more"),
    ],
)
def test_a_cause_is_told_in_a_sentence_that_stays_short(trait: Trait, vendors: str, text: str) -> None:
    assert str(SharedCause(trait, tuple(vendors))) == text


TRAITS = st.sampled_from([NET, OTHER_NET, FAR_NET, CA, OTHER_CA, PAGES, OTHER_PAGES])


@st.composite
def common_looks(draw: st.DrawFn) -> CommonLook:
    traits = tuple(draw(st.lists(TRAITS, unique=True, max_size=3)))
    suspects = tuple(trait for trait in traits if draw(st.booleans()))
    return CommonLook(draw(st.sampled_from("abcdefghij")), traits, suspects)


@given(st.lists(common_looks(), max_size=60), st.randoms(use_true_random=False))
def test_a_cause_is_never_of_few_and_never_of_those_that_are_well(looks: list[CommonLook], shuffle: random.Random) -> None:
    causes = shared_causes(looks)
    for cause in causes:
        assert len(cause.vendors) >= FEWEST_VENDORS
        assert list(cause.vendors) == sorted({look.vendor for look in looks if cause.trait in look.suspects})
        sharing = {look.vendor for look in looks if cause.trait in look.traits}
        assert len(cause.vendors) >= 0.7 * len(sharing)
        others = {look.vendor for look in looks if any(trait.kind is cause.trait.kind for trait in look.traits)} - sharing
        unwell = {look.vendor for look in looks if any(trait.kind is cause.trait.kind for trait in look.suspects)}
        assert len(others & unwell) < len(others) / 2
    shuffled = [*looks]
    shuffle.shuffle(shuffled)
    assert shared_causes(shuffled) == causes


@given(st.lists(common_looks(), max_size=60))
def test_while_everything_fails_nothing_stands_out(looks: list[CommonLook]) -> None:
    assert shared_causes([CommonLook(look.vendor, look.traits, look.traits) for look in looks]) == ()
