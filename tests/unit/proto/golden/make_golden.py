#!/usr/bin/env python3
"""Writes the golden batches beside this file, without any code of Strata's.

It follows proto/batch/FORMAT.md with nothing but struct, a table for CRC-32C, a hand-made snappy
block, Python's gzip, and the lz4 and zstd commands. Run it only when a new case is added: the files
freeze the format, so the ones that exist must come out the same (for compressed ones: inflate to
the same), and the tests decode them with Strata's code.
"""
import gzip
import pathlib
import struct
import subprocess

FOLDER = pathlib.Path(__file__).parent
NONE, GZIP, SNAPPY, LZ4, ZSTD = range(5)


def crc32c(data):
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def varint(number):
    number = number * 2 if number >= 0 else -number * 2 - 1
    out = b""
    while number > 127:
        out += bytes([number % 128 + 128])
        number //= 128
    return out + bytes([number])


def sized(data):
    return varint(-1) if data is None else varint(len(data)) + data


def record(index, base_timestamp, timestamp, key, value, headers):
    body = b"\0" + varint(timestamp - base_timestamp) + varint(index) + sized(key) + sized(value)
    body += varint(len(headers))
    for name, content in headers:
        body += sized(name) + sized(content)
    return varint(len(body)) + body


def batch(records, codec=NONE, compress=lambda data: data, producer=(-1, -1, -1)):
    timestamps = [r[0] for r in records]
    payload = compress(b"".join(record(i, timestamps[0], *r) for i, r in enumerate(records)))
    covered = struct.pack(">hiqqqhii", codec, len(records) - 1, timestamps[0], max(timestamps),
                          *producer, len(records)) + payload
    tail = struct.pack(">ibI", 0, 2, crc32c(covered)) + covered
    return struct.pack(">qi", 0, len(tail)) + tail


def snappy_block(data):
    """One literal, and one copy where the last 8 bytes repeat the 8 before them."""
    def length(number):
        out = b""
        while number > 127:
            out += bytes([number % 128 + 128])
            number //= 128
        return out + bytes([number])

    def literal(part):
        return bytes([61 << 2]) + struct.pack("<H", len(part) - 1) + part

    if data[-8:] == data[-16:-8]:
        return length(len(data)) + literal(data[:-8]) + bytes([(8 - 4) << 2 | 1, 8])
    return length(len(data)) + literal(data)


def xerial(data):
    middle = len(data) // 2
    blocks = [snappy_block(part) for part in (data[:middle], data[middle:])]
    framed = b"".join(struct.pack(">i", len(block)) + block for block in blocks)
    return b"\x82SNAPPY\0" + struct.pack(">ii", 1, 1) + framed


def command(*words):
    return lambda data: subprocess.run(words, input=data, stdout=subprocess.PIPE, check=True).stdout


def write(name, about, data):
    lines = [f"# {about}"]
    lines += [data[i:i + 32].hex(" ") for i in range(0, len(data), 32)]
    (FOLDER / f"{name}.hex").write_text("\n".join(lines) + "\n")


# Each record: timestamp, key, value, headers.
WORKED_EXAMPLE = [
    (1700000000000, b"apt", b"installed", []),
    (1700000000250, b"vim", None, [(b"by", b"root"), (b"why", None)]),
]

ALL_SHAPES = [
    (1700000000000, b"key", b"value", []),
    (1700000000001, None, b"no key", []),
    (1700000000001, b"tombstone", None, []),
    (1700000000000, None, None, []),
    (1699999999000, b"", b"", []),  # earlier than the first: a negative delta
    (1700000090000, b"k" * 64, b"v" * 300, []),  # lengths of two bytes
    (1700000000002, b"h", b"x", [(b"trace", b"\0\1\xfe\xff"), (b"trace", b""), (b"none", None)]),
    (1700000000003, "ключ".encode(), b"\0" * 16, [("имя".encode(), b"v"), (b"", b"")]),
    (1700000000004, b"last", b"ab" * 9, [(b"repeats", b"12345678" * 2)]),
]

write("worked_example", "The worked example of FORMAT.md", batch(WORKED_EXAMPLE))
write("all_shapes", "Every shape of a record, from producer 4711", batch(
    ALL_SHAPES, producer=(4711, 3, 1000)))
write("gzip", "all_shapes, gzip", batch(
    ALL_SHAPES, GZIP, lambda data: gzip.compress(data, mtime=0)))
write("snappy_raw", "all_shapes, one raw snappy block", batch(ALL_SHAPES, SNAPPY, snappy_block))
write("snappy_xerial", "all_shapes, two chunks in snappy-java's framing", batch(
    ALL_SHAPES, SNAPPY, xerial))
write("lz4", "all_shapes, an lz4 frame", batch(ALL_SHAPES, LZ4, command("lz4", "-c", "-1")))
write("zstd", "all_shapes, a zstd frame", batch(ALL_SHAPES, ZSTD, command("zstd", "-c", "-3")))
