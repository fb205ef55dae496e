package dev.heddle.structured;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Names a structure by what it says: SHA-256. The order of a schema's properties counts. */
final class StructureDigest {
  private final MessageDigest digest;

  private StructureDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static String of(Structure structure) {
    StructureDigest walk = new StructureDigest();
    walk.add(structure);
    return HexFormat.of().formatHex(walk.digest.digest());
  }

  private void add(Structure structure) {
    text(structure.getClass().getSimpleName());
    switch (structure) {
      case Structure.JsonObject any -> {}
      case Structure.JsonSchema json -> text(json.schema().toString());
      case Structure.Regex regex -> text(regex.pattern());
      case Structure.Choice choice -> texts(choice.texts());
      case Structure.Grammar grammar -> text(grammar.text());
      case Structure.Literal literal -> text(literal.text());
      case Structure.SpecialToken token -> number(token.id());
      case Structure.Text free -> texts(free.without());
      case Structure.Sequence sequence -> all(sequence.parts());
      case Structure.Either either -> all(either.options());
      case Structure.Repeat repeat -> {
        number(repeat.min());
        number(repeat.max());
        add(repeat.part());
      }
    }
  }

  private void all(List<Structure> parts) {
    number(parts.size());
    parts.forEach(this::add);
  }

  private void texts(List<String> texts) {
    number(texts.size());
    texts.forEach(this::text);
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(bytes.length);
    digest.update(bytes);
  }

  private void number(int value) {
    digest.update(ByteBuffer.allocate(4).putInt(value).flip());
  }
}
