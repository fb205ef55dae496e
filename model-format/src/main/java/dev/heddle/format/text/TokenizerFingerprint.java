package dev.heddle.format.text;

import dev.heddle.format.Digest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * SHA-256 over a canonical walk of the parts of a tokenizer.json that decide what its tokens are:
 * objects by rising key without null and false members, every value with its kind and length.
 */
final class TokenizerFingerprint {
  private static final List<String> PARTS =
      List.of("model", "added_tokens", "normalizer", "pre_tokenizer", "decoder");

  private final MessageDigest sha;

  private TokenizerFingerprint(MessageDigest sha) {
    this.sha = sha;
  }

  static Digest of(JsonNode tokenizer) {
    try {
      TokenizerFingerprint walk = new TokenizerFingerprint(MessageDigest.getInstance("SHA-256"));
      for (String part : PARTS) {
        walk.member(part, tokenizer.path(part));
      }
      return Digest.of(walk.sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private void member(String name, JsonNode value) {
    put('k', name);
    if (name.equals("merges")) {
      merges(value);
    } else {
      value(value);
    }
  }

  private void value(JsonNode node) {
    if (node.isObject()) {
      TreeMap<String, JsonNode> members = new TreeMap<>();
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        JsonNode value = member.getValue();
        if (!value.isNull() && !(value.isBoolean() && !value.asBoolean())) {
          members.put(member.getKey(), value);
        }
      }
      put('o', Integer.toString(members.size()));
      members.forEach(this::member);
    } else if (node.isArray()) {
      put('a', Integer.toString(node.size()));
      node.forEach(this::value);
    } else {
      put(node.isString() ? 's' : 'v', node.isMissingNode() ? "null" : node.asString());
    }
  }

  /** Merges as pairs: older files write a pair as one string with a space between. */
  private void merges(JsonNode merges) {
    put('m', Integer.toString(merges.size()));
    for (JsonNode merge : merges) {
      put(
          's',
          merge.isArray()
              ? merge.path(0).asString() + " " + merge.path(1).asString()
              : merge.asString());
    }
  }

  private void put(char kind, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sha.update((kind + Integer.toString(bytes.length) + ':').getBytes(StandardCharsets.UTF_8));
    sha.update(bytes);
  }
}
