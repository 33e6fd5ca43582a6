"""How other devices open the settings of this page: the address as a QR code and as text short enough to type."""

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

EVERYWHERE = (None, "", "0.0.0.0", "::")  # values of `server.address` that stand for all interfaces


def join(say: Words, config: RunConfig) -> None:
    """The address at which a learner opens the same settings. A page opened as localhost shows the network address."""
    here = join_address(str(st.context.url), config)
    elsewhere = address_elsewhere(here, st.config.get_option("server.address"))
    address = elsewhere or here
    st.markdown(f"## {say('present.join')}", anchors=False)
    st.image(_picture(address), width="stretch", alt=say("present.code"))
    st.markdown(f"### [{address.partition('://')[2]}]({address})", anchors=False)
    if elsewhere is None:
        st.caption(say("present.only_here"))
    elif elsewhere != here:
        st.caption(say("present.same_network"))


@lru_cache(maxsize=64)
def _picture(address: str) -> str:
    """The QR code; cached, as it takes longer than everything else that the space bar waits for."""
    return str(segno.make(address, error="m").svg_inline(omitsize=True, border=2, light="white"))


def join_address(page: str, config: RunConfig) -> str:
    """The page's address with these settings: by their preset's name, or by those that are not at their default."""
    settings, key = chosen.differing(config), preset_of(config)
    if settings and key and presets()[key].config.config_id == config.config_id:
        settings = {"preset": key}
    return f"{page}?{urlencode(settings)}" if settings else page


def address_elsewhere(address: str, listens_at: str | None) -> str | None:
    """The page's address for other devices, given where the server listens; None if they cannot open it."""
    if not is_loopback(address):
        return address
    own = network_address() if listens_at in EVERYWHERE else None
    parts = urlsplit(address)
    return own and parts._replace(netloc=f"{own}:{parts.port}" if parts.port else own).geturl()


def is_loopback(address: str) -> bool:
    """Whether other devices cannot open it. 0.0.0.0, too, leads every device to itself."""
    host = urlsplit(address).hostname or ""
    try:
        ip = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return ip.is_loopback or ip.is_unspecified


def network_address() -> str | None:
    """This machine's IPv4 address in its network, if any. Nothing is sent; only the route is looked up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # reserved for documentation (RFC 5737)
        own: str = probe.getsockname()[0]
        return None if ip_address(own).is_loopback else own
    return None
