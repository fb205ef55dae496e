package dev.heddle.format.text;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps control tokens that the content of a message spells from becoming such.
 *
 * <p>Before a chat template is rendered, {@link #marked} replaces the first character of each
 * spelling in the content by a stand-in: a lone low surrogate, which no well-formed text has. Texts
 * keep their length. {@link #encode} then knows which spellings the template wrote. It gives these
 * spellings that nobody can guess, puts the stood-in characters back, and tokenises the whole text
 * at once by the same tokenizer with the control tokens renamed. Texts that spell no control token
 * have the tokens that {@link Tokenizer#encode} gives them.
 *
 * <p>Thread-safe. Holds native memory until closed.
 */
public final class ContentText implements AutoCloseable {
  /** Stand-ins are the low surrogates from here on. */
  private static final char FIRST = Character.MIN_LOW_SURROGATE;

  private static final int STAND_INS_MAX = Character.MAX_LOW_SURROGATE - FIRST + 1;

  private final Tokenizer tokenizer;
  private final Spellings spellings;
  private final Map<String, String> secrets = new HashMap<>();

  /** What each stand-in stands for, sorted. */
  private final char[] stoodFor;

  private @Nullable NativeTokenizer renamed;

  /**
   * @param control spellings of control tokens
   */
  ContentText(Tokenizer tokenizer, Collection<String> control) {
    this.tokenizer = tokenizer;
    this.spellings = new Spellings(control);
    TreeSet<Character> chars = new TreeSet<>();
    for (String spelling : control) {
      secrets.put(spelling, UUID.randomUUID().toString());
      for (int k = 0; k < spelling.length(); k++) {
        char c = spelling.charAt(k);
        chars.add(c);
        chars.add(Character.toLowerCase(c));
        chars.add(Character.toUpperCase(c));
      }
    }
    if (chars.size() > STAND_INS_MAX) {
      throw new IllegalArgumentException(
          "control tokens are spelled with " + chars.size() + " characters, too many");
    }
    this.stoodFor = new char[chars.size()];
    int i = 0;
    for (char c : chars) {
      stoodFor[i++] = c;
    }
  }

  /**
   * The content of a message as a template is to see it: marked where it spells a control token, in
   * upper or lower case, and where it may become part of one beside the template's own text. Lone
   * surrogates are U+FFFD in it.
   */
  public String marked(String content) {
    String text = Tokenizer.wellFormed(content);
    StringBuilder marked = null;
    for (int i = 0; i < text.length(); i++) {
      if (spellings.mayBeginAt(text, i) || (i == 0 && spellings.mayEndIn(text))) {
        marked = marked == null ? new StringBuilder(text) : marked;
        marked.setCharAt(i, standIn(text.charAt(i)));
      }
    }
    return marked == null ? text : marked.toString();
  }

  /**
   * A message as a template is to see it: every text of it {@link #marked(String)}, but for the
   * role, which the template compares.
   */
  public Map<String, Object> marked(Map<String, Object> message) {
    Map<String, Object> marked = new LinkedHashMap<>(message);
    marked.replaceAll((name, value) ->
        value instanceof String text && !name.equals("role") ? marked(text) : value);
    return marked;
  }

  /** A rendered text without marks, as a person reads it. */
  public String unmarked(String rendered) {
    if (!hasStandIn(rendered)) {
      return rendered;
    }
    StringBuilder text = new StringBuilder(rendered.length());
    for (int i = 0; i < rendered.length(); ) {
      i = appendUnmarked(rendered, i, text);
    }
    return text.toString();
  }

  /**
   * The tokens of a rendered chat template whose contents were {@link #marked}: control tokens that
   * the template wrote are such, those that contents spell are text.
   */
  public int[] encode(String rendered) {
    if (!hasStandIn(rendered)) {
      return tokenizer.encode(rendered, false);
    }
    StringBuilder text = new StringBuilder(rendered.length());
    for (int i = 0; i < rendered.length(); ) {
      String written = spellings.at(rendered, i);
      if (written == null) {
        i = appendUnmarked(rendered, i, text);
      } else {
        text.append(secrets.get(written));
        i += written.length();
      }
    }
    return renamed().encode(Tokenizer.wellFormed(text.toString()), false);
  }

  /** Appends the character at a place; returns the place of the next. */
  private int appendUnmarked(String rendered, int at, StringBuilder text) {
    char c = rendered.charAt(at);
    if (isStandIn(c)) {
      c = stoodFor[c - FIRST];
    }
    text.append(c);
    boolean pair = Character.isHighSurrogate(c) && at + 1 < rendered.length();
    if (pair && Character.isLowSurrogate(rendered.charAt(at + 1))) {
      text.append(rendered.charAt(at + 1));
      return at + 2;
    }
    return at + 1;
  }

  private boolean hasStandIn(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)) {
        i++; // its other half is no stand-in
      } else if (isStandIn(c)) {
        return true;
      }
    }
    return false;
  }

  private boolean isStandIn(char c) {
    return c >= FIRST && c < FIRST + stoodFor.length;
  }

  /** The character itself where it has no stand-in: no spelling has it, then. */
  private char standIn(char c) {
    int index = Arrays.binarySearch(stoodFor, c);
    return index < 0 ? c : (char) (FIRST + index);
  }

  private synchronized NativeTokenizer renamed() {
    NativeTokenizer made = renamed;
    if (made == null) {
      made = tokenizer.renamed(secrets);
      renamed = made;
    }
    return made;
  }

  @Override
  public synchronized void close() {
    if (renamed != null) {
      renamed.close();
    }
  }
}
