package dev.heddle.format.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set of token spellings as a trie, so that a look at a place of a text takes time by the longest
 * spelling, not by their number. Letters are compared without case where a method says so.
 * Immutable.
 */
final class Spellings {
  private static final class Node {
    final Map<Character, Node> next = new HashMap<>();

    /** Spellings that end here; several differ by case only. */
    final List<String> ends = new ArrayList<>();
  }

  private final Node root = new Node();
  private final Set<String> tails = new HashSet<>();
  private final String all;
  private final int longest;

  Spellings(Collection<String> spellings) {
    StringBuilder joined = new StringBuilder();
    int longest = 0;
    for (String spelling : spellings) {
      Node node = root;
      for (int i = 0; i < spelling.length(); i++) {
        node = node.next.computeIfAbsent(fold(spelling.charAt(i)), c -> new Node());
        if (i > 0) {
          tails.add(folded(spelling.substring(i)));
        }
      }
      node.ends.add(spelling);
      joined.append(folded(spelling)).append('\0');
      longest = Math.max(longest, spelling.length());
    }
    this.all = joined.toString();
    this.longest = longest;
  }

  /** The longest spelling that stands at a place as it is, null if none does. */
  @Nullable String at(String text, int place) {
    String found = null;
    Node node = root;
    for (int i = place; i < text.length(); i++) {
      node = node.next.get(fold(text.charAt(i)));
      if (node == null) {
        break;
      }
      for (String end : node.ends) {
        found = text.startsWith(end, place) ? end : found;
      }
    }
    return found;
  }

  /** Whether a spelling begins at a place, or the text ends within it; without case. */
  boolean mayBeginAt(String text, int place) {
    Node node = root;
    for (int i = place; i < text.length(); i++) {
      node = node.next.get(fold(text.charAt(i)));
      if (node == null) {
        return false;
      }
      if (!node.ends.isEmpty()) {
        return true;
      }
    }
    return true;
  }

  /** Whether the beginning of a text, or all of it, may be the rest of a spelling; without case. */
  boolean mayEndIn(String text) {
    String head = folded(text.substring(0, Math.min(text.length(), longest)));
    for (int length = 1; length <= head.length(); length++) {
      if (tails.contains(head.substring(0, length))) {
        return true;
      }
    }
    return !text.isEmpty() && text.length() < longest && all.contains(head);
  }

  private static String folded(String text) {
    StringBuilder folded = new StringBuilder(text.length());
    text.chars().forEach(c -> folded.append(fold((char) c)));
    return folded.toString();
  }

  private static char fold(char c) {
    return Character.toLowerCase(Character.toUpperCase(c));
  }
}
