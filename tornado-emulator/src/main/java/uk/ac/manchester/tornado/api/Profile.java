package uk.ac.manchester.tornado.api;

/** What one execution of a graph took: bytes with the arrays' headers, and nanoseconds. */
final class Profile {
  long bytesIn;
  long bytesOut;
  long inNanos;
  long outNanos;
  long kernelNanos;
  long totalNanos;
}
