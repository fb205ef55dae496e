package dev.heddle.template;

import java.math.BigInteger;

/** One token of a template's source; {@code value} is what a literal stands for. */
record Token(Kind kind, String text, Object value, int line) {
  enum Kind {
    DATA,
    BLOCK_BEGIN,
    BLOCK_END,
    VARIABLE_BEGIN,
    VARIABLE_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  static Token of(Kind kind, String text, int line) {
    return new Token(kind, text, text, line);
  }

  static Token integer(String digits, BigInteger value, int line) {
    return new Token(Kind.INTEGER, digits, Numbers.integer(value), line);
  }

  boolean isName(String name) {
    return kind == Kind.NAME && text.equals(name);
  }

  boolean isOperator(String operator) {
    return kind == Kind.OPERATOR && text.equals(operator);
  }

  /** As an error message shows it. */
  String describe() {
    return switch (kind) {
      case DATA -> "template data / text";
      case BLOCK_BEGIN -> "begin of statement block";
      case BLOCK_END -> "end of statement block";
      case VARIABLE_BEGIN -> "begin of print statement";
      case VARIABLE_END -> "end of print statement";
      case END -> "end of template";
      default -> text;
    };
  }
}
