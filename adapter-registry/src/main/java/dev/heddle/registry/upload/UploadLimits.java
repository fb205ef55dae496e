package dev.heddle.registry.upload;

import dev.heddle.format.adapter.AdapterFileNames;

/**
 * How much a version may bring.
 *
 * @param weightFileBytesMax of one safetensors file
 * @param otherFileBytesMax of one file of any other kind
 * @param versionBytesMax of all files of a version together; a file that replaces another counts
 *     beside it until it is complete
 * @param filesMax of a version
 */
public record UploadLimits(
    long weightFileBytesMax, long otherFileBytesMax, long versionBytesMax, int filesMax) {
  /** Room for the largest published adapters, many times over. */
  public static final UploadLimits DEFAULT =
      new UploadLimits(32L << 30, 64L << 20, 64L << 30, 1000);

  long fileBytesMax(String name) {
    return AdapterFileNames.isWeights(name) ? weightFileBytesMax : otherFileBytesMax;
  }
}
