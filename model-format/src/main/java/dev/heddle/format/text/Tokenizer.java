package dev.heddle.format.text;

import dev.heddle.format.Digest;
import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The tokenizer of a Hugging Face folder ({@code tokenizer.json}, and {@code tokenizer_config.json}
 * for the names of its bos and eos tokens). Never truncates or pads; works offline.
 *
 * <p>Thread-safe. Holds native memory until closed; using it afterwards throws {@link
 * IllegalStateException}.
 */
public final class Tokenizer implements AutoCloseable {
  private static final byte[] NO_BYTES = {};

  private final NativeTokenizer library;
  private final JsonNode definition;
  private final Vocabulary vocabulary;
  private final OptionalInt bos;
  private final OptionalInt eos;

  /** For {@link #charsMax}: 0 for no bound, -1 until it is first asked for. */
  private long charsPerToken = -1;

  private Tokenizer(
      NativeTokenizer library,
      JsonNode definition,
      Vocabulary vocabulary,
      OptionalInt bos,
      OptionalInt eos) {
    this.library = library;
    this.definition = definition;
    this.vocabulary = vocabulary;
    this.bos = bos;
    this.eos = eos;
  }

  /**
   * Opens the tokenizer of a model folder.
   *
   * @throws FormatException if there is no tokenizer.json, or a file cannot be read, is broken or
   *     not supported
   */
  public static Tokenizer open(Path folder) {
    if (!Files.isRegularFile(folder.resolve(TextFiles.TOKENIZER))) {
      throw new FormatException(
          "missing-tokenizer", TextFiles.TOKENIZER, "the folder has no tokenizer.json");
    }
    String json = TextFiles.text(folder, TextFiles.TOKENIZER);
    JsonNode root = Json.parse(json, TextFiles.TOKENIZER);
    SpecialTokens names = SpecialTokens.read(folder);
    Vocabulary vocabulary = Vocabulary.parse(root);
    return new Tokenizer(
        new NativeTokenizer(json),
        root,
        vocabulary,
        id(vocabulary, names.bos()),
        id(vocabulary, names.eos()));
  }

  /**
   * The tokens of a text. Special tokens written in it ({@code <|eos|>}) are recognised as such, as
   * a rendered chat template needs; a lone surrogate counts as U+FFFD.
   *
   * @param addSpecials whether to add what the tokenizer puts around a text of its own (often a
   *     bos); false for the text of a chat template, which brings its own
   */
  public int[] encode(String text, boolean addSpecials) {
    return library.encode(wellFormed(text), addSpecials);
  }

  /**
   * What keeps control tokens that messages spell from being parsed as such. Control tokens are the
   * special ones, and the other added tokens that the template writes and does not look for in
   * messages. (The role tokens of DeepSeek-R1 are not called special; {@code </think>} is looked
   * for.) To be closed before this tokenizer.
   */
  public ContentText content(ChatTemplate template) {
    Set<String> control = new HashSet<>();
    for (JsonNode token : definition.path("added_tokens")) {
      String spelling = token.path("content").asString("");
      boolean special = token.path("special").asBoolean(false);
      if (!spelling.isEmpty() && (special || template.controlsBy(spelling))) {
        control.add(spelling);
      }
    }
    return new ContentText(this, control);
  }

  /** The same tokenizer with some tokens spelled otherwise. */
  NativeTokenizer renamed(Map<String, String> names) {
    return new NativeTokenizer(RenamedTokens.of(definition, names));
  }

  /** The text of tokens, special ones left out. */
  public String decode(int[] tokens) {
    return decode(tokens, true);
  }

  /** The text of tokens. An id outside the vocabulary has no text. */
  public String decode(int[] tokens, boolean skipSpecials) {
    long[] known = new long[tokens.length];
    int count = 0;
    for (int token : tokens) {
      if (vocabulary.text(token) != null) {
        known[count++] = token;
      }
    }
    return library.decode(Arrays.copyOf(known, count), skipSpecials);
  }

  /** A decoder for one text that begins with the first token pushed; special tokens are skipped. */
  public StreamingDecoder streamingDecoder() {
    return streamingDecoder(true, false);
  }

  /**
   * @param skipSpecials whether special tokens have no text
   * @param continued whether other text stands before the first token, so that a SentencePiece
   *     tokenizer's leading space is text: {@code decode(before + tokens)} less {@code
   *     decode(before)}
   */
  public StreamingDecoder streamingDecoder(boolean skipSpecials, boolean continued) {
    return new StreamingDecoder(vocabulary, skipSpecials, continued);
  }

  /**
   * One more than the largest token id. A model's vocabulary may be larger (padded): ids from here
   * on are no tokens.
   */
  public int vocabularySize() {
    return vocabulary.size();
  }

  /**
   * The most UTF-16 units of a text that has this number of tokens; {@link Long#MAX_VALUE} if that
   * is not known. Spaces beside special tokens that swallow them are left out of it.
   */
  public synchronized long charsMax(int tokens) {
    if (charsPerToken < 0) {
      int shortening = TextBound.shortening(definition);
      charsPerToken = shortening == 0 ? 0 : (long) shortening * longestToken();
    }
    return charsPerToken == 0 ? Long.MAX_VALUE : tokens * charsPerToken;
  }

  /** UTF-16 units of the longest token. */
  private int longestToken() {
    int longest = 0;
    for (int id = 0; id < vocabularySize(); id++) {
      longest = Math.max(longest, tokenText(id).length());
    }
    return longest;
  }

  /** The token with this very spelling in the vocabulary, if there is one. */
  public OptionalInt idOf(String token) {
    return vocabulary.id(token);
  }

  /** Whether it is a special token (bos, eos, roles): no text that a user wrote or reads. */
  public boolean isSpecial(int token) {
    return vocabulary.isSpecial(token);
  }

  /**
   * The exact bytes that a token adds to a text where it is not the first, maybe only a part of a
   * character; those of all tokens, joined, are the text. A special token's are its spelling. Empty
   * for an id outside the vocabulary.
   */
  public byte[] tokenBytes(int token) {
    String text = vocabulary.text(token);
    return text == null ? NO_BYTES : vocabulary.decoder().bytes(text);
  }

  /** {@link #tokenBytes} as text, what is not UTF-8 replaced by U+FFFD. */
  public String tokenText(int token) {
    StringBuilder text = new StringBuilder();
    Utf8Decoder utf8 = new Utf8Decoder();
    utf8.push(tokenBytes(token), text);
    utf8.flush(text);
    return text.toString();
  }

  /** The token that begins a text, as tokenizer_config.json names it. */
  public OptionalInt bos() {
    return bos;
  }

  /** The token that ends a text, as tokenizer_config.json names it. */
  public OptionalInt eos() {
    return eos;
  }

  @Override
  public void close() {
    library.close();
  }

  /**
   * A digest of what decides how text and tokens correspond: vocabulary, merges, added tokens,
   * normalizer, pre-tokenizer, decoder. The order of fields, fields that are null or false, and the
   * two ways to write merges make no difference. Null if the folder has no tokenizer.json.
   *
   * @throws FormatException if the file cannot be read or is not JSON
   */
  public static @Nullable Digest fingerprint(Path folder) {
    JsonNode tokenizer = TextFiles.read(folder, TextFiles.TOKENIZER);
    return tokenizer.isMissingNode() ? null : TokenizerFingerprint.of(tokenizer);
  }

  private static OptionalInt id(Vocabulary vocabulary, @Nullable String token) {
    return token == null ? OptionalInt.empty() : vocabulary.id(token);
  }

  static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return text.codePoints()
            .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
      }
    }
    return text;
  }
}
