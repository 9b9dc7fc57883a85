from ipaddress import ip_address

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checks.model import Reason, Unseen
from monitor.network.dns.names import candidates, read_host
from monitor.network.dns.system import ResolvConf


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "::1", "fe80::1%eth0", "::ffff:192.0.2.1"])
def test_an_address_is_read_as_one(host: str) -> None:
    assert read_host(host) == ip_address(host)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("api.vendor.test", "api.vendor.test"),
        ("API.Vendor.TEST", "api.vendor.test"),
        ("api.vendor.test.", "api.vendor.test."),
        ("_dmarc.vendor.test", "_dmarc.vendor.test"),
        ("xn--bcher-kva.test", "xn--bcher-kva.test"),
        ("b\u00fccher.test", "xn--bcher-kva.test"),
        ("B\u00dcCHER\u3002test", "xn--bcher-kva.test"),
        ("fa\u00df.test", "xn--fa-hia.test"),
        ("localhost", "localhost"),
        ("1.2.3.4.example", "1.2.3.4.example"),
        ("0xy.example", "0xy.example"),
        ("a" * 63 + ".test", "a" * 63 + ".test"),
    ],
)
def test_a_name_is_read_in_ascii_and_lower_case(host: str, name: str) -> None:
    assert read_host(host) == name


@pytest.mark.parametrize(
    "host",
    [
        *("", ".", "..", "a..test", ".a.test", "a b.test", "a/b.test", "user@vendor.test", "@", "vendor.test:443", "[::1]"),
        *(
            "a\x00.test",
            "a\n.test",
            "a\\.b.test",
            "\\065.test",
            "a" * 64 + ".test",
            "a." * 127 + "test",
            "\u2603\ufe0f.test",
        ),
        *("127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "127.0.0.1.", "256.0.0.1", "a.0x", "\ud800.test"),
    ],
)
def test_what_is_no_name_is_refused_in_words(host: str) -> None:
    with pytest.raises(Unseen) as refused:
        read_host(host)
    assert refused.value.failure.reason is Reason.CONFIG
    assert "is not a host name" in refused.value.failure.detail


def test_the_refusal_of_a_long_or_hostile_name_is_short_and_escaped() -> None:
    with pytest.raises(Unseen) as refused:
        read_host("\x1b[2J" + "a" * 100_000)
    assert len(refused.value.failure.detail) < 300
    assert "\x1b" not in refused.value.failure.detail


@settings(deadline=None)
@given(
    st.one_of(
        st.text(), st.from_regex(r"[0-9a-zA-Z.:\\@_-]{1,70}", fullmatch=True), st.binary().map(lambda b: b.decode("latin-1"))
    )
)
@example("\u0130.test")
def test_any_text_is_an_address_a_name_in_ascii_or_refused(host: str) -> None:
    try:
        read = read_host(host)
    except Unseen:
        return
    if isinstance(read, str):
        assert read.isascii()
        assert read == read.lower()
        assert read_host(read) == read


@pytest.mark.parametrize(
    ("name", "ndots", "asked"),
    [
        ("api.vendor.test", 1, ["api.vendor.test"]),
        ("api.vendor.test", 5, ["api.vendor.test", "api.vendor.test.ns.svc", "api.vendor.test.svc"]),
        ("web", 1, ["web.ns.svc", "web.svc", "web"]),
        ("web", 0, ["web"]),
        ("web.", 1, ["web."]),
        ("api.vendor.test.", 5, ["api.vendor.test."]),
    ],
)
def test_the_search_list_is_for_names_with_fewer_dots_than_ndots(name: str, ndots: int, asked: list[str]) -> None:
    assert candidates(name, ResolvConf(search=("ns.svc", "svc"), ndots=ndots)) == asked


@pytest.mark.parametrize("suffix", ["a b", "a..b", "b" * 64, "b." * 126 + "b"])
def test_a_suffix_that_makes_no_name_is_left_out(suffix: str) -> None:
    assert candidates("web", ResolvConf(search=(suffix, "svc"))) == ["web.svc", "web"]
