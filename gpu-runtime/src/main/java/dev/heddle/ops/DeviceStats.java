package dev.heddle.ops;

/**
 * What a backend's device did since its start; bytes, counts and nanoseconds.
 *
 * @param device its name
 * @param memory bytes of its memory in use
 * @param passes forward passes
 * @param passNanos time of all passes, from the first transfer to the last kernel
 * @param inputBytes uploaded with passes: tokens, positions, block tables, rows of the expert map
 * @param fills times that weights were brought over, an expert slot being one
 * @param fillBytes uploaded by those
 * @param outputBytes read back
 * @param kernelNanos time in kernels, as the device's driver measured it; 0 unless it is asked to
 * @param copiedBytes uploaded in all, as the driver measured it; 0 unless it is asked to
 */
public record DeviceStats(
    String device,
    long memory,
    long passes,
    long passNanos,
    long inputBytes,
    long fills,
    long fillBytes,
    long outputBytes,
    long kernelNanos,
    long copiedBytes) {}
