"""Owns a small TCP forwarder: what is said to a port of this host's loopback is said to a server elsewhere.

Run as ``python -m tests.forwarder PORT TO_ADDRESS TO_PORT FROM_ADDRESS``. Live mode sends without pace only to a
provider on loopback, and a host with a network of its own has that to itself.
"""

import asyncio
import contextlib
import sys
from asyncio import StreamReader, StreamWriter

AT_ONCE = 65_536  # bytes


async def pump(reader: StreamReader, writer: StreamWriter) -> None:
    """Pass on what comes until its end, and then the end."""
    with contextlib.suppress(OSError):
        while data := await reader.read(AT_ONCE):
            writer.write(data)
            await writer.drain()
    writer.close()


async def main(port: int, address: str, address_port: int, own_address: str) -> None:
    """Listen for ever."""

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            there = await asyncio.open_connection(address, address_port, local_addr=(own_address, 0))
        except OSError:
            writer.close()
            return
        await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))

    server = await asyncio.start_server(handle, "127.0.0.1", port, backlog=128)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]))
