"""How other devices come to the settings on this page: its address, as a picture and as text short enough to type."""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

import segno
import streamlit as st

from core.config import RunConfig
from core.content.presets import presets
from core.content.words import Words
from core.ui.lab import chosen
from core.ui.lab.presets import preset_of

EVERYWHERE = (None, "", "0.0.0.0", "::")  # what `server.address` says where it names no single one


def join(say: Words, config: RunConfig) -> None:
    """Where a learner opens the same settings. A page opened on the server itself gives the network's address of it."""
    here = join_address(str(st.context.url), config)
    elsewhere = address_elsewhere(here, st.config.get_option("server.address"))
    address = elsewhere or here
    st.markdown(f"## {say('present.join')}")
    st.image(_picture(address), width="stretch", alt=say("present.code"))
    st.markdown(f"### [{address.partition('://')[2]}]({address})", anchors=False)
    if elsewhere is None:
        st.caption(say("present.only_here"))
    elif elsewhere != here:
        st.caption(say("present.same_network"))


@lru_cache(maxsize=64)
def _picture(address: str) -> str:
    """Kept, as it takes longer than all else that the space bar waits for."""
    return str(segno.make(address, error="m").svg_inline(omitsize=True, border=2, light="white"))


def join_address(page: str, config: RunConfig) -> str:
    """The page's address with these settings: by their preset's name, or by those that are not at their default."""
    settings, key = chosen.differing(config), preset_of(config)
    if settings and key and presets()[key].config.config_id == config.config_id:
        settings = {"preset": key}
    return f"{page}?{urlencode(settings)}" if settings else page


def address_elsewhere(address: str, listens_at: str | None) -> str | None:
    """The same page's address on another device, of a server that listens there; None where none can open it."""
    if not is_loopback(address):
        return address
    own = network_address() if listens_at in EVERYWHERE else None
    parts = urlsplit(address)
    return own and parts._replace(netloc=f"{own}:{parts.port}" if parts.port else own).geturl()


def is_loopback(address: str) -> bool:
    """Whether no other device can open it. 0.0.0.0, too, leads every device to itself."""
    host = urlsplit(address).hostname or ""
    try:
        ip = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return ip.is_loopback or ip.is_unspecified


def network_address() -> str | None:
    """This machine's IPv4 address in its network, if it is in one. Nothing is sent: only the way is looked up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # an address for examples (RFC 5737)
        own: str = probe.getsockname()[0]
        return None if ip_address(own).is_loopback else own
    return None
