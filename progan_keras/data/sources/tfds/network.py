"""Whether there is a network, found out within seconds."""

import contextlib
import socket
import threading
import time
import urllib.request
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443, "ftp": 21}


def unreachable_hosts(urls, seconds=4.0):
    """Tries to connect to the hosts of all URLs, at the same time.

    A proxy that the environment names is tried instead of the hosts behind
    it. Looking up a name may take minutes where there is no network; it is
    not waited for.

    Args:
        urls: iterable of str.
        seconds: float, how long to wait in all.

    Returns:
        List of str, the names of the hosts that did not answer, sorted.
    """
    end = time.monotonic() + seconds
    reached = set()

    def connect(address):
        with contextlib.suppress(OSError, UnicodeError):
            socket.create_connection(address, timeout=seconds).close()
            reached.add(address)

    addresses = {_address(url) for url in urls}
    threads = [
        # One that hangs must not keep Python from ending.
        threading.Thread(target=connect, args=[address], daemon=True)
        for address in addresses
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return sorted({host for host, _ in addresses - reached})


def _address(url):
    """Returns host and port to connect to for a URL."""
    parts = urlsplit(url)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if proxy and not urllib.request.proxy_bypass(parts.netloc):
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    return parts.hostname, parts.port or _PORTS.get(parts.scheme, 80)
