package dev.heddle.format.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.heddle.format.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Hugging Face's tokenizers library behind its handle. Calls its JNI entry points directly: DJL's
 * own class also fetches spans, masks and strings for each token, which takes most of the time.
 * Thread-safe; closing waits for calls under way.
 */
final class NativeTokenizer implements AutoCloseable {
  static {
    // Without these DJL probes for CUDA and may fetch a library that is not in its jar.
    setDefault("RUST_FLAVOR", "cpu");
    setDefault("ai.djl.offline", "true");
    setDefault("OPT_OUT_TRACKING", "true");
    keepCachePrivate();
    LibUtils.checkStatus();
  }

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final long handle;
  private boolean closed;

  /**
   * @throws FormatException if the library refuses the file
   */
  NativeTokenizer(String json) {
    try {
      handle = TokenizersLibrary.LIB.createTokenizerFromString(json);
    } catch (RuntimeException e) { // what the library throws for a file it refuses
      throw refused(e);
    }
    TokenizersLibrary.LIB.disableTruncation(handle);
    TokenizersLibrary.LIB.disablePadding(handle);
  }

  int[] encode(String text, boolean addSpecials) {
    lock.readLock().lock();
    try {
      ensureOpen();
      long encoding = TokenizersLibrary.LIB.encode(handle, text, addSpecials);
      try {
        return narrow(TokenizersLibrary.LIB.getTokenIds(encoding));
      } finally {
        TokenizersLibrary.LIB.deleteEncoding(encoding);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  String decode(long[] tokens, boolean skipSpecials) {
    lock.readLock().lock();
    try {
      ensureOpen();
      return TokenizersLibrary.LIB.decode(handle, tokens, skipSpecials);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        TokenizersLibrary.LIB.deleteTokenizer(handle);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void ensureOpen() {
    if (closed) {
      throw new IllegalStateException("the tokenizer is closed");
    }
  }

  private static int[] narrow(long[] ids) {
    int[] tokens = new int[ids.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = (int) ids[i];
    }
    return tokens;
  }

  private static FormatException refused(RuntimeException cause) {
    FormatException refused =
        new FormatException("bad-tokenizer", "tokenizer.json", String.valueOf(cause.getMessage()));
    refused.initCause(cause);
    return refused;
  }

  private static void setDefault(String name, String value) {
    if (System.getenv(name) == null && System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }

  /**
   * DJL unpacks its library under the home directory, or under the shared temporary directory where
   * there is no home to write to; there another user could put a library in its place.
   */
  private static void keepCachePrivate() {
    if (Files.isWritable(Path.of(System.getProperty("user.home", "")))) {
      return;
    }
    try {
      setDefault("ENGINE_CACHE_DIR", Files.createTempDirectory("heddle-natives").toString());
    } catch (IOException e) {
      throw new UncheckedIOException("no place to unpack the tokenizer library", e);
    }
  }
}
