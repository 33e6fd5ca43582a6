"""Limits of uploads."""

SIDE = 24  # pixels, of every prepared image

MAX_UPLOAD_MB = 32  # a whole class uploading at once fits in the app's memory; 10,000 digits as CSV take 18
MAX_FILES = 20_000  # in a ZIP, including those left out
MAX_IMAGES = 10_000
MAX_UNPACKED_BYTES = 128 * 2**20  # pictures are already compressed, so a genuine ZIP hardly grows
MIN_CLASSES, MAX_CLASSES = 2, 10  # the networks have ten outputs
MIN_IMAGES_PER_CLASS = 5  # one of them for validation
MAX_NAME_CHARS = 40

MAX_CHECK_S = 120.0
MAX_CHECK_BYTES = 512 * 2**20  # of memory; a genuine upload takes up to 290 MB
MAX_WAITING = 6  # uploads queued on disk

MAX_SETS_PER_OWNER = 8
MAX_TOTAL_BYTES = 512 * 2**20  # all sets together: thirty of the largest
