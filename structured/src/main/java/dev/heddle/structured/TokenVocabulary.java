package dev.heddle.structured;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * The bytes of a tokenizer's tokens, as a trie. Immutable; safe for any thread.
 *
 * <p>Nodes are in the order of a walk that visits a node before its children. The root is left out:
 * nodes of depth 0 are its children.
 */
public final class TokenVocabulary {
  private final int size;
  private final byte[][] bytes;
  private final boolean[] special;
  private final int[] ends;

  final byte[] nodeByte;
  final short[] nodeDepth;

  /** The node that follows the last one below this. */
  final int[] nodeSkip;

  /** Tokens that end at node {@code n} are {@code sorted[firstToken[n]..firstToken[n + 1]]}. */
  final int[] firstToken;

  final int[] sorted;
  final int maxDepth;

  /** Bytes that are tokens by themselves. */
  final boolean[] single = new boolean[256];

  private TokenVocabulary(byte[][] bytes, boolean[] special, int[] ends) {
    this.size = bytes.length;
    this.bytes = bytes;
    this.special = special;
    this.ends = ends;
    sorted = sort(bytes, special);
    int nodes = 0;
    int longest = 0;
    byte[] previous = {};
    for (int token : sorted) {
      nodes += bytes[token].length - common(previous, bytes[token]);
      longest = Math.max(longest, bytes[token].length);
      previous = bytes[token];
      if (previous.length == 1) {
        single[previous[0] & 0xFF] = true;
      }
    }
    maxDepth = longest;
    nodeByte = new byte[nodes];
    nodeDepth = new short[nodes];
    nodeSkip = new int[nodes];
    firstToken = new int[nodes + 1];
    build(longest);
  }

  /**
   * @param size tokens; ids are {@code 0..size-1}
   * @param bytes what a token adds to a text; empty for an id that is no token
   * @param special whether a token is a control token, which is no text
   * @param ends tokens that end an answer
   */
  public static TokenVocabulary of(
      int size, IntFunction<byte[]> bytes, IntPredicate special, int... ends) {
    byte[][] all = new byte[size][];
    boolean[] control = new boolean[size];
    for (int token = 0; token < size; token++) {
      byte[] own = bytes.apply(token);
      all[token] = own.length > Short.MAX_VALUE ? new byte[0] : own;
      control[token] = special.test(token);
    }
    for (int end : ends) {
      control[end] = true;
    }
    return new TokenVocabulary(all, control, ends.clone());
  }

  /** Tokens. */
  public int size() {
    return size;
  }

  byte[] bytes(int token) {
    return bytes[token];
  }

  boolean isSpecial(int token) {
    return special[token];
  }

  boolean isEnd(int token) {
    for (int end : ends) {
      if (end == token) {
        return true;
      }
    }
    return false;
  }

  int[] ends() {
    return ends;
  }

  private static int[] sort(byte[][] bytes, boolean[] special) {
    Integer[] ids = new Integer[bytes.length];
    int count = 0;
    for (int token = 0; token < bytes.length; token++) {
      if (!special[token] && bytes[token].length > 0) {
        ids[count++] = token;
      }
    }
    Arrays.sort(ids, 0, count, (a, b) -> Arrays.compareUnsigned(bytes[a], bytes[b]));
    int[] sorted = new int[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = ids[i];
    }
    return sorted;
  }

  private void build(int longest) {
    int[] open = new int[longest + 1];
    int depth = 0;
    int node = 0;
    byte[] previous = {};
    for (int i = 0; i < sorted.length; i++) {
      byte[] own = bytes[sorted[i]];
      int shared = common(previous, own);
      while (depth > shared) {
        nodeSkip[open[--depth]] = node;
      }
      for (; depth < own.length; depth++) {
        nodeByte[node] = own[depth];
        nodeDepth[node] = (short) depth;
        firstToken[node] = i;
        open[depth] = node++;
      }
      previous = own;
    }
    while (depth > 0) {
      nodeSkip[open[--depth]] = node;
    }
    firstToken[node] = sorted.length;
  }

  private static int common(byte[] a, byte[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }
}
