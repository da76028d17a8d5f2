"""The key ring: its epochs, where it is kept, and what happens when it is damaged, old, or not the right one."""

import base64
import json
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.clock import FixedClock
from scribetree.errors import ConfigError, Unavailable
from scribetree.privacy._keepers import EnvironmentKeeper, FileKeeper, Keeper, MemoryKeeper, SystemKeeper
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings

OLD_SECRET = bytes(range(32))


class PretendSystemRing:
    """The package `keyring`, with what it keeps in memory."""

    class errors:  # noqa: N801 - the package's own name
        class KeyringError(Exception):
            """Its own error."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service_name: str, username: str) -> str | None:
        return self.kept.get((service_name, username))

    def set_password(self, service_name: str, username: str, password: str) -> None:
        self.kept[service_name, username] = password


@pytest.fixture(params=["file", "memory", "system"])
def keeper(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keeper:
    """Each place in which a ring can be changed."""
    monkeypatch.setitem(sys.modules, "keyring", PretendSystemRing())
    keepers: dict[str, Keeper] = {
        "file": FileKeeper(tmp_path),
        "memory": MemoryKeeper(),
        "system": SystemKeeper(tmp_path),
    }
    return keepers[request.param]


def numbers(ring: KeyRing) -> list[int]:
    return [epoch.number for epoch in ring.epochs]


def test_a_new_ring_has_one_epoch(keeper: Keeper) -> None:
    ring = KeyRing(keeper=keeper)
    assert (numbers(ring), ring.current) == ([1], 1)


def test_a_ring_is_the_same_for_whoever_opens_it_next(keeper: Keeper) -> None:
    first, second = KeyRing(keeper=keeper), KeyRing(keeper=keeper)
    assert first.key("a") == second.key("a")
    assert first.wrapping_key(1) == second.wrapping_key(1)


def test_rotation_adds_an_epoch_and_changes_no_label(keeper: Keeper) -> None:
    ring = KeyRing(keeper=keeper)
    label, old = ring.key("a"), ring.wrapping_key(1)
    clock = FixedClock()
    assert ring.rotate(clock=clock) == 2
    assert (ring.key("a"), ring.wrapping_key(1)) == (label, old)
    assert ring.wrapping_key(2) != old
    assert ring.epochs[-1].created_at == clock.now()


def test_a_rotation_and_a_retirement_are_seen_by_those_who_had_opened_it_before(keeper: Keeper) -> None:
    other = KeyRing(keeper=keeper)
    ring = KeyRing(keeper=keeper)
    ring.rotate()
    assert other.current == 2
    ring.retire(1)
    with pytest.raises(ConfigError, match="no epoch 1"):
        other.wrapping_key(1)


def test_the_current_epoch_cannot_be_retired(keeper: Keeper) -> None:
    ring = KeyRing(keeper=keeper)
    with pytest.raises(ConfigError, match="current"):
        ring.retire(1)
    assert numbers(ring) == [1]


def test_a_number_is_never_used_again(keeper: Keeper) -> None:
    ring = KeyRing(keeper=keeper)
    for _ in range(3):
        ring.rotate()
        ring.retire(ring.epochs[0].number)
    assert numbers(ring) == [4]


def test_a_ring_of_before_epochs_is_brought_up_to_date_and_keeps_its_keys(tmp_path: Path) -> None:
    path = tmp_path / "keyring"
    path.write_bytes(OLD_SECRET)
    path.chmod(0o600)
    ring = KeyRing.at(tmp_path)
    assert ring.key("seal/alerts") == KeyRing(OLD_SECRET).key("seal/alerts")
    assert json.loads(path.read_bytes())["version"] == 2
    assert KeyRing.at(tmp_path).wrapping_key(1) == ring.wrapping_key(1)


def test_a_retired_key_is_in_no_file_any_more(tmp_path: Path) -> None:
    ring = KeyRing.at(tmp_path)
    retired = base64.b64encode(ring.epochs[0].key)
    ring.rotate()
    (tmp_path / "undeleted").hardlink_to(tmp_path / "keyring")  # what a disk still holds of a replaced file
    ring.retire(1)
    assert not any(retired in path.read_bytes() for path in tmp_path.iterdir())


def test_what_a_crash_left_half_written_is_overwritten_by_the_next_change(tmp_path: Path) -> None:
    ring = KeyRing.at(tmp_path)
    (tmp_path / "keyring.0011.new").write_bytes(b"half a ring with an old key")
    ring.rotate()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keyring", "keyring.lock"]


def test_rotations_at_the_same_time_each_get_their_epoch(tmp_path: Path) -> None:
    rings = [KeyRing.at(tmp_path) for _ in range(8)]
    threads = [threading.Thread(target=ring.rotate) for ring in rings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(rings[0]) == list(range(1, 10))


@given(st.data())
def test_any_altered_byte_of_a_ring_is_noticed(data: st.DataObject) -> None:
    keeper = MemoryKeeper()
    KeyRing(keeper=keeper)
    kept = bytearray(keeper.content or b"")
    place = data.draw(st.integers(0, len(kept) - 1))
    kept[place] ^= data.draw(st.integers(1, 255))
    try:
        ring = KeyRing(keeper=MemoryKeeper(bytes(kept)))
    except ConfigError:
        return
    assert ring.key("a") == KeyRing(keeper=keeper).key("a")  # white space, between two values


@given(st.integers(0, 300))
def test_a_ring_that_was_cut_short_is_refused(size: int) -> None:
    keeper = MemoryKeeper()
    KeyRing(keeper=keeper)
    cut = (keeper.content or b"")[:size]
    if len(cut) != 32:
        with pytest.raises(ConfigError, match="damaged"):
            KeyRing(keeper=MemoryKeeper(cut))


def test_a_ring_of_a_later_format_is_refused() -> None:
    from scribetree.privacy.keys import _checksum  # pyright: ignore[reportPrivateUsage]

    body = {"format": "scribetree-keyring", "version": 99}
    with pytest.raises(ConfigError, match="another version"):
        KeyRing(keeper=MemoryKeeper(json.dumps(body | {"checksum": _checksum(body)}).encode()))


def test_a_full_disk_leaves_the_ring_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = KeyRing.at(tmp_path)
    before = (tmp_path / "keyring").read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scribetree.privacy._keepers.os.fsync", full)
    with pytest.raises(Unavailable, match="No space left"):
        ring.rotate()
    assert (tmp_path / "keyring").read_bytes() == before
    assert numbers(KeyRing.at(tmp_path)) == [1]


def test_the_environment_gives_the_same_ring_as_the_file(tmp_path: Path, settings: Settings) -> None:
    ring = KeyRing.at(tmp_path)
    value = base64.b64encode((tmp_path / "keyring").read_bytes()).decode()
    given = KeyRing.open(Settings(home=settings.home, keyring=value))
    assert (given.key("a"), given.wrapping_key(1)) == (ring.key("a"), ring.wrapping_key(1))
    assert not settings.home.exists()


def test_a_bare_secret_in_the_environment_is_a_ring() -> None:
    value = base64.b64encode(OLD_SECRET).decode()
    assert KeyRing(keeper=EnvironmentKeeper(value)).key("a") == KeyRing(OLD_SECRET).key("a")


def test_a_ring_of_the_environment_says_where_to_rotate_it() -> None:
    ring = KeyRing(keeper=EnvironmentKeeper(base64.b64encode(OLD_SECRET).decode()))
    with pytest.raises(ConfigError, match="SCRIBETREE_KEYRING"):
        ring.rotate()


@pytest.mark.parametrize("value", ["?", "c2hvcnQ=", "é"])
def test_a_value_that_is_no_ring_is_refused_without_being_shown(value: str, settings: Settings) -> None:
    with pytest.raises(ConfigError) as caught:
        KeyRing.open(Settings(home=settings.home, keyring=value))
    assert value not in caught.value.message


def test_the_system_ring_needs_its_package(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigError, match="not installed"):
        KeyRing.open(Settings(home=settings.home, keyring="system"))


def test_a_system_ring_that_is_locked_says_so(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Locked(PretendSystemRing):
        def get_password(self, service_name: str, username: str) -> str | None:
            raise self.errors.KeyringError

    monkeypatch.setitem(sys.modules, "keyring", Locked())
    with pytest.raises(ConfigError, match="locked"):
        KeyRing.open(Settings(home=settings.home, keyring="system"))


def test_two_data_folders_have_two_system_rings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", PretendSystemRing())
    one, two = (KeyRing.open(Settings(home=tmp_path / name, keyring="system")) for name in ("one", "two"))
    assert one.key("a") != two.key("a")


def test_settings_do_not_show_the_ring_or_the_database_password() -> None:
    shown = repr(Settings(home=Path(), keyring="c2VjcmV0", database_url="postgresql://u:hidden@h/d"))
    assert "c2VjcmV0" not in shown
    assert "hidden" not in shown
