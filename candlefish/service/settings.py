"""Settings of the service. Secrets come from the environment, or from files of an embedded service."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from candlefish.events import AGE_MAX_MS
from candlefish.service import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate limit: `burst` at once, `per_s` on average."""

    per_s: float
    burst: float


SECRET: Final = "CANDLEFISH_SECRET"
ADMIN_TOKEN: Final = "CANDLEFISH_ADMIN_TOKEN"
ORIGINS: Final = "CANDLEFISH_ORIGINS"
LIVE_ADDRESS: Final = "CANDLEFISH_LIVE_ADDRESS"
SECRET_FILE: Final = "secret"
TOKEN_FILE: Final = "admin-token"
_LENGTH_MIN: Final = 16
ADDRESS_RATE: Final = Rate(50, 200)
CLIENT_RATE: Final = Rate(10, 60)
PAIRING_RATE: Final = Rate(1 / 10, 5)


class SettingsError(ServiceError):
    """The settings are invalid; the message says why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one service.

    Attributes:
        secret: half of every pseudonym key; with it and the store, ids can be searched for.
        admin_token: opens the dashboard's data, live metrics and `/metrics`.
        origins: other sites that may call the API from their pages.
        address_rate: for one address, of all requests; loopback is not limited.
        client_rate: for the batches of one client.
        pairing_rate: for the pairing codes tried from one address.
        live_address: address of live messages, wss://…; empty: this service.
    """

    secret: bytes = field(repr=False)
    admin_token: str = field(repr=False)
    origins: tuple[str, ...] = ()
    events_kept_ms: int = 90 * DAY_MS
    memories_kept_ms: int = 365 * DAY_MS
    address_rate: Rate = ADDRESS_RATE
    client_rate: Rate = CLIENT_RATE
    pairing_rate: Rate = PAIRING_RATE
    live_address: str = ""
    waiting_max: int = 4_000

    def __post_init__(self) -> None:
        """Validate. Raises `SettingsError`."""
        for name, value in ((SECRET, self.secret), (ADMIN_TOKEN, self.admin_token)):
            if len(value) < _LENGTH_MIN:
                raise SettingsError(f"{name}: expected at least {_LENGTH_MIN} characters, got {len(value)}")
        if self.live_address and not self.live_address.startswith("wss://"):
            raise SettingsError(f"{LIVE_ADDRESS}: expected wss://…, got {self.live_address[:80]!r}")
        if "*" in self.origins:
            raise SettingsError(f"{ORIGINS}: name the sites; * would let every site use the API")

    @property
    def salts_kept_ms(self) -> int:
        """Time for which a key is still needed after its successor was made."""
        return max(self.events_kept_ms, self.memories_kept_ms) + AGE_MAX_MS


def from_environment(environment: Mapping[str, str]) -> Settings:
    """The settings of a deployment.

    Raises:
        SettingsError: a secret is missing or too short.
    """
    missing = [name for name in (SECRET, ADMIN_TOKEN) if not environment.get(name)]
    if missing:
        raise SettingsError(f"the environment has no {' and no '.join(missing)}")
    return Settings(
        secret=environment[SECRET].encode(),
        admin_token=environment[ADMIN_TOKEN],
        origins=_origins(environment),
        live_address=environment.get(LIVE_ADDRESS, ""),
    )


def for_directory(data: Path, environment: Mapping[str, str]) -> Settings:
    """Settings of an embedded service: secrets the environment lacks are made once, readable by the owner.

    Raises:
        SettingsError: the directory cannot be written, or a secret is too short.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        return Settings(
            secret=(environment.get(SECRET) or _kept(data / SECRET_FILE)).encode(),
            admin_token=environment.get(ADMIN_TOKEN) or _kept(data / TOKEN_FILE),
            origins=_origins(environment),
        )
    except OSError as error:
        raise SettingsError(f"cannot keep secrets in {data}: {error}") from error


def _origins(environment: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(environment.get(ORIGINS, "").split())


def _kept(path: Path) -> str:
    """The secret in a file, made if it is not there."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
    return path.read_text(encoding="ascii").strip()
