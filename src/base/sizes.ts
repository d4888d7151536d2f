/** Megabytes are of 1 048 576 bytes, as Lambda counts them. */
export const BYTES_PER_MB = 1_048_576;
