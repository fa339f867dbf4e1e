"""How large and how many: the limits for pictures, archives and sets, each with its unit."""

PICTURE_FILE_BYTES = 40_000_000
"""Bytes of one picture file."""

PICTURE_PIXELS = 50_000_000
"""Width times height of one picture."""

SHORTEST_SIDE = 8
"""Pixels; a smaller picture shows nothing that could be learned."""

LONGEST_SIDE = 20_000
"""Pixels."""

LONGEST_ASPECT = 20
"""Longer side over shorter side; beyond it, scaling the short side up would need gigabytes."""

SMALL_SIDE = 64
"""Pixels; a picture with a shorter side is taken, with a word of warning."""

ARCHIVE_FILE_BYTES = 2_000_000_000
"""Bytes of one archive as it lies on the disk."""

ARCHIVE_ENTRIES = 20_000
"""Files and folders in one archive."""

UNPACKED_BYTES = 2_000_000_000
"""Bytes of all that comes out of one archive."""

ENTRY_RATIO = 200
"""Unpacked over packed bytes of one archive entry, where the entry is larger than RATIO_FROM_BYTES."""

RATIO_FROM_BYTES = 10_000_000
"""Bytes; a smaller entry may be packed as tightly as it likes."""

FEWEST_CLASSES = 2
MOST_CLASSES = 1000

FEW_PER_CLASS = 5
"""Pictures; a class with fewer is taken, with a word of warning."""

MOST_PICTURES = 120_000
"""Pictures of one set."""

THUMBNAIL_SIDE = 160
"""Pixels of a thumbnail, which is square."""

FOLDER_ENTRIES = 100_000
"""Files and folders that are looked at below a folder; more of them mean that it is not a set of pictures."""

TABLE_BYTES = 20_000_000
"""Bytes of a CSV file that names pictures and their classes."""

KEPT_READY = 2 * 1024**3
"""Bytes of decoded pictures of one split that a run keeps; what does not fit is decoded again in every epoch."""
