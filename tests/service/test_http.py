"""Rate limits and addresses."""

from __future__ import annotations

from candlefish.service.http import RateLimiter, address_of
from candlefish.service.settings import Rate


def test_this_machine_is_not_limited_and_a_network_is_one() -> None:
    def address(host: str) -> str | None:
        return address_of({"client": (host, 1)})

    assert address("127.0.0.1") is None
    assert address("::1") is None
    assert address("203.0.113.7") == "203.0.113.7"
    assert address("2001:db8:1:2:3::4") == address("2001:db8:1:2:ffff::") == "2001:db8:1:2::/64"
    assert address_of({}) is None


def test_a_limiter_forgets_and_refills() -> None:
    now_s = [0.0]
    limiter = RateLimiter(Rate(2, 4), lambda: now_s[0], buckets_max=3)
    assert [limiter.wait_s("a") for _ in range(5)] == [0, 0, 0, 0, 0.5]
    now_s[0] += 0.5
    assert limiter.wait_s("a") == 0
    for name in "bcde":
        limiter.wait_s(name)
    assert len(limiter) == 3
