"""``/cstalk/schema``: the names of a frame's values, cut into numbered datagrams of at most 1,400 bytes.

One of them follows every ``/cstalk/hello``, in rotation, so that a listener that came late knows all names
within as many seconds as there are chunks (raw 7, board 4). Names do not change while the schema hash stays
the same.

Arguments, in this order (tag, meaning):

====  ==================  ==========================================================================
tag   argument            meaning
====  ==================  ==========================================================================
i     schema hash         the list these names belong to
i     chunk index         0..count - 1
i     chunk count         1..255
i     first name index    place of the first name in the list
s...  names               one or more, in order
====  ==================  ==========================================================================
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from cstalk_live.errors import OutputError, PacketError
from cstalk_live.output.hello_packet import MAX_VALUES
from cstalk_live.output.osc_reader import OscReader
from cstalk_live.output.oscwire import MAX_ELEMENT_GROUP, message_head, osc_int, osc_message, osc_string

SCHEMA_ADDRESS = "/cstalk/schema"

MAX_CHUNKS = 255

_HEAD_TAGS = "iiii"
_HEAD = struct.Struct(">IIII")


@dataclass(frozen=True, slots=True)
class SchemaChunk:
    """What a ``/cstalk/schema`` message says."""

    schema_hash: int
    index: int
    count: int
    first: int
    names: tuple[str, ...]


def encode_schema(schema_hash: int, names: Sequence[str]) -> tuple[bytes, ...]:
    """All chunks of ``names``, each filled as far as 1,400 bytes allow.

    Raises:
        OutputError: there are no names, an empty one, one that fills a chunk alone, or more than 255 chunks.
    """
    groups = _groups(names)
    if not 1 <= len(groups) <= MAX_CHUNKS:
        raise OutputError(f"{len(names)} names make {len(groups)} schema packets", f"1 to {MAX_CHUNKS} are possible")
    chunks, first = [], 0
    for index, group in enumerate(groups):
        tags = _HEAD_TAGS + "s" * len(group)
        chunks.append(osc_message(SCHEMA_ADDRESS, tags, (schema_hash, index, len(groups), first, *group)))
        first += len(group)
    return tuple(chunks)


def _groups(names: Sequence[str]) -> list[list[str]]:
    groups: list[list[str]] = []
    payload = 0
    for name in names:
        size = len(osc_string(name))
        if not name or _chunk_size(1, size) > MAX_ELEMENT_GROUP:
            raise OutputError(f"'{name[:40]}' cannot be the name of a value", "use 1 to 1000 bytes")
        if not groups or _chunk_size(len(groups[-1]) + 1, payload + size) > MAX_ELEMENT_GROUP:
            groups.append([])
            payload = 0
        groups[-1].append(name)
        payload += size
    return groups


def _chunk_size(count: int, payload: int) -> int:
    """Bytes of a chunk with ``count`` names that take ``payload`` bytes together."""
    return len(message_head(SCHEMA_ADDRESS, _HEAD_TAGS + "s" * count)) + 4 * len(osc_int(0)) + payload


def decode_schema(data: bytes) -> SchemaChunk:
    """Read a ``/cstalk/schema`` datagram.

    Raises:
        PacketError: it is not exactly as the module's table says.
    """
    reader = OscReader(data)
    tags = reader.head(SCHEMA_ADDRESS)
    names = len(tags) - len(_HEAD_TAGS)
    if names < 1 or tags != _HEAD_TAGS + "s" * names:
        raise PacketError(f"{SCHEMA_ADDRESS}: type tags are not {_HEAD_TAGS} and strings")
    schema_hash, index, count, first = reader.unpack(_HEAD)
    if not 1 <= count <= MAX_CHUNKS or index >= count or first + names > MAX_VALUES or (index == 0) != (first == 0):
        raise PacketError(f"{SCHEMA_ADDRESS}: chunk {index} of {count} from name {first} on: out of range")
    texts = tuple(reader.text() for _ in range(names))
    reader.end()
    if not all(texts):
        raise PacketError(f"{SCHEMA_ADDRESS}: a name is empty")
    return SchemaChunk(schema_hash, index, count, first, texts)


class SchemaCollector:
    """Puts the names of one layout together from chunks that arrive in any order, some of them several
    times."""

    def __init__(self, schema_hash: int) -> None:
        self._hash = schema_hash
        self._chunks: dict[int, SchemaChunk] = {}

    def add(self, chunk: SchemaChunk) -> tuple[str, ...] | None:
        """Take a chunk in; chunks of another schema are left aside.

        Returns:
            all names once they are complete and contiguous, None until then.
        """
        if chunk.schema_hash != self._hash:
            return None
        if any(known.count != chunk.count for known in self._chunks.values()):
            self._chunks.clear()
        self._chunks[chunk.index] = chunk
        if len(self._chunks) < chunk.count:
            return None
        names: tuple[str, ...] = ()
        for index in range(chunk.count):
            if self._chunks[index].first != len(names):
                return None
            names += self._chunks[index].names
        return names
